"""What the resources of a plan cost by the hour, idle and with every pool at its largest."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ops.cost.items import CLUSTER, NODE_POOL, Item, pool_sizes
from ops.cost.pods import pod_items
from ops.cost.prices import Prices
from ops.plan.preview import Resource

HOURS_PER_MONTH = 730


def hourly(resources: Iterable[Resource], prices: Prices) -> Iterator[Item]:
    """Traffic, logs and storage that grows are not in it."""
    found = list(resources)
    for one in found:
        yield from _items(one.type, one.name, one.inputs, prices)
    yield from pod_items(found, prices)


def _items(type_: str, name: str, inputs: Mapping[str, Any], prices: Prices) -> Iterator[Item]:
    if type_ == NODE_POOL:
        yield _pool(name, inputs, prices)
    elif type_ == CLUSTER:
        spec = inputs.get("clusterSpec", "ack.standard")
        fee = prices.clusters.get(spec)
        yield Item(name, fee or 0, fee or 0, () if fee is not None else (spec,))
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
