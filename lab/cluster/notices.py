"""What the account's parts tell the cluster: events of pods and nodes, a node's condition."""

from datetime import UTC, datetime
from typing import Any

from lab.cluster.api import KubernetesApi

# Cluster-wide objects have their events here.
EVERYBODY = "default"
CONDITION, REASON = "InstanceExpired", "InstanceToBeTerminated"


def tell(api: KubernetesApi, pod: str, reason: str, message: str) -> None:
    """A warning of the autoscaler's about a pod, as namespace/name; said again it is the same event, later."""
    namespace, name = pod.split("/")
    found = api.get(f"/api/v1/namespaces/{namespace}/pods/{name}")
    if found is not None:
        _record(api, namespace, found, "cluster-autoscaler", reason, message)


def announce_end(api: KubernetesApi, node: str) -> None:
    """That a node is about to be taken back, as ACK's node problem detector says it."""
    path = f"/api/v1/nodes/{node}"
    found = api.get(path)
    if found is None:
        return
    now = _now()
    condition = {"type": CONDITION, "status": "True", "reason": REASON, "message": REASON}
    times = {"lastHeartbeatTime": now, "lastTransitionTime": now}
    # By type: the kubelet keeps the condition of somebody else.
    api.merge(f"{path}/status", {"status": {"conditions": [condition | times]}})
    message = "the spot instance is about to be released"
    _record(api, EVERYBODY, found, "node-problem-detector", REASON, message)


def _record(api: KubernetesApi, namespace: str, about: dict[str, Any], source: str, reason: str, message: str) -> None:
    metadata = about["metadata"]
    whom = {
        "apiVersion": "v1",
        "kind": "Node" if "namespace" not in metadata else "Pod",
        "name": metadata["name"],
        "uid": metadata["uid"],
    }
    if "namespace" in metadata:
        whom["namespace"] = namespace
    event = {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"name": f"{metadata['name']}.{reason.lower()}", "namespace": namespace},
        "involvedObject": whom,
        "type": "Warning",
        "reason": reason,
        "message": message,
        "source": {"component": source},
        "lastTimestamp": _now(),
    }
    api.apply([event])


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
