"""Which nodes take which pods: taints of nodes, tolerations of pods that have no node yet."""

from collections.abc import Mapping
from typing import Any

from lab.cluster.api import KubernetesApi
from lab.hands import Taint

# A set that shrinks ends its cheapest pods first; the others count nothing.
ENDS_FIRST = {"controller.kubernetes.io/pod-deletion-cost": "-100"}


def add_taint(api: KubernetesApi, node: str, taint: Taint) -> None:
    """Fine if the node is gone."""
    _set_taints(api, node, taint.key, [{"key": taint.key, "value": taint.value, "effect": taint.effect}])


def remove_taint(api: KubernetesApi, node: str, key: str) -> None:
    """Fine if it is not there."""
    _set_taints(api, node, key, [])


def tolerate(api: KubernetesApi, pod: str, taint: Taint) -> None:
    """Let a pod, as namespace/name, go to nodes with the taint, and be the first to end when its set shrinks.

    Fine if it is gone.
    """
    namespace, name = pod.split("/")
    path = f"/api/v1/namespaces/{namespace}/pods/{name}"
    found = api.get(path)
    if found is not None:
        toleration = {"key": taint.key, "operator": "Exists", "effect": taint.effect}
        tolerations = [*(found["spec"].get("tolerations") or []), toleration]
        _patch(api, path, found, {"metadata": {"annotations": ENDS_FIRST}, "spec": {"tolerations": tolerations}})


def _set_taints(api: KubernetesApi, node: str, key: str, new: list[dict[str, str]]) -> None:
    path = f"/api/v1/nodes/{node}"
    found = api.get(path)
    if found is not None:
        others = [one for one in found["spec"].get("taints") or [] if one["key"] != key]
        _patch(api, path, found, {"spec": {"taints": others + new}})


def _patch(api: KubernetesApi, path: str, found: Mapping[str, Any], body: Mapping[str, Any]) -> None:
    """A list is replaced as a whole: the version makes a change of somebody else's in between a refusal."""
    version = {"resourceVersion": found["metadata"]["resourceVersion"]}
    api.patch(path, {**body, "metadata": {**body.get("metadata", {}), **version}})
