"""What a plan will ask of the account."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from ops.cost.items import CLUSTER, NODE_POOL
from ops.plan.preview import Preview, Resource
from ops.plan.values import UNKNOWN

_SWITCH = "alicloud:vpc/switch:Switch"
_ADDON = "alicloud:cs/kubernetesAddon:KubernetesAddon"
_ALB = "kubernetes:alibabacloud.com/v1:AlbConfig"


@dataclass(frozen=True)
class Wanted:
    """pools: instance types in order of preference, by pool; addons: names; alb: whether one is made."""

    region: str
    zones: Sequence[str]
    pools: Mapping[str, Sequence[str]]
    version: str
    addons: Sequence[str]
    alb: bool

    @classmethod
    def by(cls, plan: Preview) -> Self:
        """Of the plan of a new stack, or of a live one."""
        resources = list(plan.resources.values())
        return cls(
            region=plan.config.get("alicloud:region", ""),
            zones=sorted({one.inputs["zoneId"] for one in _of(resources, _SWITCH) if "zoneId" in one.inputs}),
            pools={one.inputs.get("nodePoolName", one.name): _types(one) for one in _of(resources, NODE_POOL)},
            version=next((str(one.inputs.get("version", "")) for one in _of(resources, CLUSTER)), ""),
            addons=sorted(str(one.inputs["name"]) for one in _of(resources, _ADDON)),
            alb=any(True for _ in _of(resources, _ALB)),
        )


def _of(resources: Sequence[Resource], type_: str) -> list[Resource]:
    return [one for one in resources if one.type == type_]


def _types(pool: Resource) -> list[str]:
    found: Any = pool.inputs.get("instanceTypes") or []
    return [] if found == UNKNOWN else list(found)
