"""What managed Prometheus is told to read of Knative."""

import json

from components.manifests.queue_metrics import pod_monitor, pod_monitor_yaml

SPEC = pod_monitor("queue-proxy", "knative-serving")["spec"]


def test_all_pods_of_knative_wherever_they_are() -> None:
    assert SPEC["namespaceSelector"] == {"any": True}
    assert SPEC["selector"] == {"matchExpressions": [{"key": "serving.knative.dev/revision", "operator": "Exists"}]}


def test_the_ports_are_the_ones_that_queue_proxy_names() -> None:
    assert [one["port"] for one in SPEC["podMetricsEndpoints"]] == ["http-usermetric", "http-autometric"]


def test_every_metric_gets_the_labels_that_dashboard_and_rules_go_by() -> None:
    for endpoint in SPEC["podMetricsEndpoints"]:
        targets = {one["targetLabel"]: one["sourceLabels"] for one in endpoint["relabelings"]}

        assert set(targets) == {"knative_service", "knative_revision", "knative_port"}
        assert targets["knative_service"] == ["__meta_kubernetes_pod_label_serving_knative_dev_service"]


def test_arms_reads_monitors_that_are_marked_for_it() -> None:
    metadata = pod_monitor("queue-proxy", "knative-serving")["metadata"]

    assert metadata["annotations"] == {"arms.prometheus.io/discovery": "true"}


def test_the_text_is_the_same_at_every_preview() -> None:
    text = pod_monitor_yaml("queue-proxy", "knative-serving")

    assert text == pod_monitor_yaml("queue-proxy", "knative-serving")
    assert json.loads(text) == pod_monitor("queue-proxy", "knative-serving")
