"""What a plan will ask of the account."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Self

from ops.cost.items import CLUSTER, NODE_POOL, pool_sizes
from ops.plan.preview import Preview, Resource
from ops.plan.values import UNKNOWN

_SWITCH = "alicloud:vpc/switch:Switch"
_ADDON = "alicloud:cs/kubernetesAddon:KubernetesAddon"
_ALB = "kubernetes:alibabacloud.com/v1:AlbConfig"
# Of every ECS family: large has two, xlarge four, 2xlarge eight …
_SIZE = re.compile(r"\.(\d*)(x?)large$")

Purchase = Literal["postpaid", "spot"]


@dataclass(frozen=True)
class Wanted:
    """pools: instance types in order of preference, by pool; spot: those of them that are bought at spot prices.

    addons: names; alb: whether one is made; vcpus: of all
    nodes, with the pools at their smallest and at their largest, by how they are bought.
    """

    region: str
    zones: Sequence[str]
    pools: Mapping[str, Sequence[str]]
    spot: Collection[str]
    version: str
    addons: Sequence[str]
    alb: bool
    vcpus: Mapping[Purchase, tuple[int, int]]

    @classmethod
    def by(cls, plan: Preview) -> Self:
        """Of the plan of a new stack, or of a live one."""
        resources = list(plan.resources.values())
        return cls(
            region=plan.config.get("alicloud:region", ""),
            zones=sorted({one.inputs["zoneId"] for one in _of(resources, _SWITCH) if "zoneId" in one.inputs}),
            pools={_pool(one): _types(one) for one in _of(resources, NODE_POOL)},
            spot=sorted(_pool(one) for one in _of(resources, NODE_POOL) if _purchase(one) == "spot"),
            version=next((str(one.inputs.get("version", "")) for one in _of(resources, CLUSTER)), ""),
            addons=sorted(str(one.inputs["name"]) for one in _of(resources, _ADDON)),
            alb=any(True for _ in _of(resources, _ALB)),
            vcpus=_vcpus(_of(resources, NODE_POOL)),
        )


def _of(resources: Sequence[Resource], type_: str) -> list[Resource]:
    return [one for one in resources if one.type == type_]


def _types(pool: Resource) -> list[str]:
    found: Any = pool.inputs.get("instanceTypes") or []
    return [] if found == UNKNOWN else list(found)


def _pool(pool: Resource) -> str:
    name: str = pool.inputs.get("nodePoolName", pool.name)
    return name


def _purchase(pool: Resource) -> Purchase:
    return "postpaid" if pool.inputs.get("spotStrategy", "NoSpot") == "NoSpot" else "spot"


def _vcpus(pools: Sequence[Resource]) -> Mapping[Purchase, tuple[int, int]]:
    """Of each pool the largest type, as any of them may be bought. Spot nodes count as such also where on demand is the
    way out: the account's other limit is then known to be asked for less often."""
    found: dict[Purchase, tuple[int, int]] = {"postpaid": (0, 0), "spot": (0, 0)}
    for pool in pools:
        purchase = _purchase(pool)
        each = max(map(_vcpus_of, _types(pool)), default=0)
        fewest, most = pool_sizes(pool.inputs)
        floor, ceiling = found[purchase]
        found[purchase] = floor + fewest * each, ceiling + most * each
    return found


def _vcpus_of(instance_type: str) -> int:
    size = _SIZE.search(instance_type)
    if size is None:
        return 0
    return int(size[1] or 1) * 4 if size[2] else 2
