"""How managed Prometheus reads the metrics of Knative's queue-proxy, the sidecar that every request goes through."""

import json
from typing import Any

Manifest = dict[str, Any]

OBSERVABILITY = "config-observability"
# From Knative 1.19 on queue-proxy shows no metrics by default; older ones do, and do not know the key. A revision takes
# the value that is there when its pods start.
EXPOSED = {"request-metrics-protocol": "prometheus"}

# On http-autometric: what older versions count for the autoscaler. Newer ones answer the autoscaler's own format there.
_PORTS = ("http-usermetric", "http-autometric")
_POD = "__meta_kubernetes_pod"
# The metrics' own labels have other names in every version of Knative; dashboard and alert rules go by these.
_LABELS = {
    f"{_POD}_label_serving_knative_dev_service": "knative_service",
    f"{_POD}_label_serving_knative_dev_revision": "knative_revision",
    f"{_POD}_container_port_name": "knative_port",
}


def pod_monitor(name: str, namespace: str) -> Manifest:
    """All pods of Knative in all namespaces, every 15 seconds as ACK's own integration does."""
    relabelings = [{"sourceLabels": [source], "targetLabel": target} for source, target in _LABELS.items()]
    return {
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "PodMonitor",
        "metadata": {
            "name": name,
            "namespace": namespace,
            "annotations": {"arms.prometheus.io/discovery": "true"},
        },
        "spec": {
            "namespaceSelector": {"any": True},
            "selector": {"matchExpressions": [{"key": "serving.knative.dev/revision", "operator": "Exists"}]},
            "podMetricsEndpoints": [
                {"port": port, "path": "/metrics", "interval": "15s", "relabelings": relabelings} for port in _PORTS
            ],
        },
    }


def pod_monitor_yaml(name: str, namespace: str) -> str:
    """As ARMS takes it; JSON is YAML, and the provider compares what it means."""
    return json.dumps(pod_monitor(name, namespace), sort_keys=True)
