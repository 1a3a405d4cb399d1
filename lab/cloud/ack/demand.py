"""What a pod asks of a node: read from the API server's JSON, as far as the autoscaler simulates the scheduler."""

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel

from lab.hands import Taint

GPU = "nvidia.com/gpu"
# Only these keep a pod away; PreferNoSchedule does not.
EFFECTS = ("NoSchedule", "NoExecute")


class Toleration(BaseModel):
    key: str = ""
    operator: str = "Equal"
    value: str = ""
    effect: str = ""

    def covers(self, taint: Taint) -> bool:
        if self.effect not in ("", taint.effect):
            return False
        if self.operator == "Exists":
            return self.key in ("", taint.key)
        return self.key == taint.key and self.value == taint.value


class Demand(BaseModel):
    """pod: namespace/name; node: where it is, "" before it is placed; stuck: the scheduler has found no node for it."""

    pod: str
    labels: dict[str, str]
    node: str
    gpus: int
    selector: dict[str, str]
    tolerations: list[Toleration]
    stuck: bool
    finished: bool
    stays_behind: bool

    def tolerates(self, taint: Taint) -> bool:
        """By name: a pod that tolerates everything is not meant."""
        return any(toleration.key == taint.key and toleration.covers(taint) for toleration in self.tolerations)

    def holds(self, node: str) -> bool:
        """Whether the node must stay for it."""
        return self.node == node and not self.finished and not self.stays_behind

    def fits(self, labels: Mapping[str, str], taints: Iterable[Taint]) -> bool:
        selected = all(labels.get(key) == value for key, value in self.selector.items())
        return selected and all(
            any(toleration.covers(taint) for toleration in self.tolerations)
            for taint in taints
            if taint.effect in EFFECTS
        )


def demand(pod: Mapping[str, Any]) -> Demand:
    spec, status, metadata = pod.get("spec") or {}, pod.get("status") or {}, pod.get("metadata") or {}
    conditions = status.get("conditions") or []
    unschedulable = any(condition.get("reason") == "Unschedulable" for condition in conditions)
    owners = metadata.get("ownerReferences") or []
    return Demand(
        pod=f"{metadata.get('namespace', '')}/{metadata.get('name', '')}",
        labels=metadata.get("labels") or {},
        node=spec.get("nodeName") or "",
        gpus=sum(_gpus(container) for container in spec.get("containers") or []),
        selector=spec.get("nodeSelector") or {},
        tolerations=[Toleration.model_validate(_given(item)) for item in spec.get("tolerations") or []],
        # A pod that is being deleted waits for nothing any more, but keeps its node until it is gone.
        stuck=unschedulable and not spec.get("nodeName") and not metadata.get("deletionTimestamp"),
        finished=status.get("phase") in ("Succeeded", "Failed"),
        stays_behind=any(owner.get("kind") in ("DaemonSet", "Node") for owner in owners),
    )


def _gpus(container: Mapping[str, Any]) -> int:
    return int(((container.get("resources") or {}).get("limits") or {}).get(GPU, 0))


def _given(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}
