"""Which nodes take which pods: taints of nodes, tolerations of pods that have no node yet."""

from collections.abc import Callable, Mapping
from typing import Any

import httpx

from lab.cluster.api import KubernetesApi, RefusedError
from lab.hands import Taint

# A set that shrinks ends its cheapest pods first; the others count nothing.
ENDS_FIRST = {"controller.kubernetes.io/pod-deletion-cost": "-100"}
ATTEMPTS = 20


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
    toleration = {"key": taint.key, "operator": "Exists", "effect": taint.effect}

    def change(found: Mapping[str, Any]) -> Mapping[str, Any]:
        tolerations = [*(found["spec"].get("tolerations") or []), toleration]
        return {"metadata": {"annotations": ENDS_FIRST}, "spec": {"tolerations": tolerations}}

    _change(api, f"/api/v1/namespaces/{namespace}/pods/{name}", change)


def _set_taints(api: KubernetesApi, node: str, key: str, new: list[dict[str, str]]) -> None:
    def change(found: Mapping[str, Any]) -> Mapping[str, Any]:
        others = [one for one in found["spec"].get("taints") or [] if one["key"] != key]
        return {"spec": {"taints": others + new}}

    _change(api, f"/api/v1/nodes/{node}", change)


def _change(api: KubernetesApi, path: str, change: Callable[[Mapping[str, Any]], Mapping[str, Any]]) -> None:
    """A list is replaced as a whole: the version makes a change of somebody else's in between a refusal, and then it is
    read again. Kubelets and controllers write often."""
    for attempt in range(ATTEMPTS):
        found = api.get(path)
        if found is None:
            return
        body = change(found)
        version = {"resourceVersion": found["metadata"]["resourceVersion"]}
        try:
            api.patch(path, {**body, "metadata": {**body.get("metadata", {}), **version}})
            return
        except RefusedError as refused:
            if refused.status != httpx.codes.CONFLICT or attempt == ATTEMPTS - 1:
                raise
