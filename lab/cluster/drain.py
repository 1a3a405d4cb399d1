"""Emptying a node before it goes: no new pods, and those that are there are asked to leave."""

import time
from collections.abc import Iterator, Mapping
from typing import Any

from lab.cluster.api import KubernetesApi, has_condition

LOOK_SECONDS = 0.2
MIRROR = "kubernetes.io/config.mirror"
FINISHED = ("Succeeded", "Failed")


def drain(api: KubernetesApi, node: str, seconds: float) -> list[str]:
    """Cordons the node and evicts its pods, as `kubectl drain` does; those that are left after `seconds`, as
    namespace/name.

    Disruption budgets and grace periods are honoured for that long, and as long as there is another node that the pods
    may go to: when a whole cluster is taken down nobody waits for its last ones. Nothing happens to a node that is
    gone, nor to one that is not Ready: nobody would confirm the end of its pods.
    """
    found = api.get(_path(node))
    if found is None or not has_condition(found, "Ready"):
        return []
    api.patch(_path(node), {"spec": {"unschedulable": True}})
    asked: set[str] = set()
    end = time.monotonic() + seconds
    while left := list(_to_evict(api, node)):
        for pod in left:
            if pod["uid"] not in asked and api.evict(pod["namespace"], pod["name"]):
                asked.add(pod["uid"])
        if time.monotonic() > end or not _others(api, found):
            break
        time.sleep(LOOK_SECONDS)
    return [f"{pod['namespace']}/{pod['name']}" for pod in left]


def _others(api: KubernetesApi, node: Mapping[str, Any]) -> bool:
    """Whether one is there that keeps no pods away but those that this one keeps away too."""
    own = _taints(node)
    return any(
        has_condition(other, "Ready") and not other["spec"].get("unschedulable") and _taints(other) <= own
        for other in api.items("/api/v1/nodes")
        if other["metadata"]["name"] != node["metadata"]["name"]
    )


def _taints(node: Mapping[str, Any]) -> set[str]:
    return {taint["key"] for taint in node["spec"].get("taints") or []}


def _to_evict(api: KubernetesApi, node: str) -> Iterator[Mapping[str, Any]]:
    """Metadata of the pods that have to leave: those of daemon sets and of the node itself go down with it."""
    for pod in api.items(f"/api/v1/pods?fieldSelector=spec.nodeName={node}"):
        metadata = pod["metadata"]
        owners = {owner["kind"] for owner in metadata.get("ownerReferences") or []}
        belongs = "DaemonSet" in owners or MIRROR in (metadata.get("annotations") or {})
        if not belongs and pod["status"].get("phase") not in FINISHED:
            yield metadata


def _path(node: str) -> str:
    return f"/api/v1/nodes/{node}"
