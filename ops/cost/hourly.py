"""What the resources of a plan cost by the hour, idle and with every pool at its largest."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ops.cost.prices import Prices
from ops.plan.preview import Resource

CLUSTER = "alicloud:cs/managedKubernetes:ManagedKubernetes"
NODE_POOL = "alicloud:cs/nodePool:NodePool"
SERVICE = "kubernetes:serving.knative.dev/v1:Service"
HOURS_PER_MONTH = 730
_ON_VIRTUAL_NODE = "alibabacloud.com/eci"
_VIRTUAL_TYPES = "k8s.aliyun.com/eci-use-specs"
_MIN_SCALE = ("autoscaling.knative.dev/min-scale", "autoscaling.knative.dev/minScale")
_MAX_SCALE = ("autoscaling.knative.dev/max-scale", "autoscaling.knative.dev/maxScale")


@dataclass(frozen=True)
class Item:
    """One line of the bill, per hour: floor idle, all pools at their smallest; ceiling with all at their largest.
    unpriced: what the catalogue lacks for it."""

    name: str
    floor: float
    ceiling: float
    unpriced: Sequence[str] = ()


def hourly(resources: Iterable[Resource], prices: Prices) -> Iterator[Item]:
    """Traffic, logs and storage that grows are not in it."""
    for one in resources:
        yield from _items(one.type, one.name, one.inputs, prices)


def _items(type_: str, name: str, inputs: Mapping[str, Any], prices: Prices) -> Iterator[Item]:
    if type_ == NODE_POOL:
        yield _pool(name, inputs, prices)
    elif type_ == CLUSTER:
        spec = inputs.get("clusterSpec", "ack.standard")
        fee = prices.clusters.get(spec)
        yield Item(name, fee or 0, fee or 0, () if fee is not None else (spec,))
    elif type_ == SERVICE:
        yield from _virtual_pods(name, inputs, prices)
    elif type_ in prices.fixed:
        yield Item(name, prices.fixed[type_], prices.fixed[type_])


def _pool(name: str, inputs: Mapping[str, Any], prices: Prices) -> Item:
    """Idle at the first type, which is the preferred one; at most at the dearest. Where spot may fall back to
    on-demand, that is what it may cost."""
    smallest, largest = pool_sizes(inputs)
    types = inputs.get("instanceTypes") or []
    limits = {one["instanceType"]: float(one["priceLimit"]) for one in inputs.get("spotPriceLimits") or []}
    spot_only = not inputs.get("compensateWithOnDemand")
    per_node = {one: prices.instances[one] for one in types if one in prices.instances}
    if spot_only:
        per_node |= {one: min(limits[one], per_node.get(one, limits[one])) for one in types if one in limits}
    disk = prices.disks.get(inputs.get("systemDiskCategory", ""), 0) * float(inputs.get("systemDiskSize") or 0)
    preferred = next((per_node[one] for one in types if one in per_node), 0.0)
    dearest = max(per_node.values(), default=0.0)
    unpriced = tuple(one for one in types if one not in per_node)
    return Item(name, smallest * (preferred + disk), largest * (dearest + disk), unpriced)


def pool_sizes(inputs: Mapping[str, Any]) -> tuple[int, int]:
    """Fewest and most nodes of a pool."""
    scaling = inputs.get("scalingConfig")
    if scaling:
        return int(scaling.get("minSize", 0)), int(scaling.get("maxSize", 0))
    size = int(inputs.get("desiredSize") or 0)
    return size, size


def _virtual_pods(name: str, inputs: Mapping[str, Any], prices: Prices) -> Iterator[Item]:
    """Pods on virtual nodes are billed one by one, as instances of the types that their annotation lists."""
    template = inputs.get("spec", {}).get("template", {}).get("metadata", {})
    annotations = template.get("annotations") or {}
    types = [one.strip() for one in str(annotations.get(_VIRTUAL_TYPES, "")).split(",") if one.strip()]
    if str((template.get("labels") or {}).get(_ON_VIRTUAL_NODE)) != "true":
        return
    priced = [prices.instances[one] for one in types if one in prices.instances]
    fewest, most = _first(annotations, _MIN_SCALE), _first(annotations, _MAX_SCALE)
    unpriced = tuple(one for one in types if one not in prices.instances) or (() if types else (f"pods of {name}",))
    yield Item(name, fewest * (priced or [0.0])[0], most * max(priced, default=0.0), unpriced)


def _first(annotations: Mapping[str, Any], keys: Iterable[str]) -> int:
    return next((int(annotations[key]) for key in keys if key in annotations), 0)
