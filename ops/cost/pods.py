"""Pods that are billed one by one: those on virtual nodes, and those that stay when a service is at zero."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from ops.cost.items import NODE_POOL, SERVICE, Item, pool_sizes
from ops.cost.prices import Prices
from ops.plan.preview import Resource

_POLICY = ":ResourcePolicy"
_SERVICE_OF_POD = "serving.knative.dev/service"
_ON_VIRTUAL_NODE = "alibabacloud.com/eci"
_TYPES = "k8s.aliyun.com/eci-use-specs"
_RESERVE = "knative.aliyun.com/reserve-instance"
_MIN_SCALE = ("autoscaling.knative.dev/min-scale", "autoscaling.knative.dev/minScale")
_MAX_SCALE = ("autoscaling.knative.dev/max-scale", "autoscaling.knative.dev/maxScale")


def pod_items(resources: Sequence[Resource], prices: Prices) -> Iterator[Item]:
    """Of a service that takes virtual nodes when the GPU nodes are full, the pods beyond one per node."""
    nodes = sum(
        pool_sizes(one.inputs)[1] for one in resources if one.type == NODE_POOL and "scalingConfig" in one.inputs
    )
    bursting = {_selected(one.inputs) for one in resources if one.type.endswith(_POLICY)}
    for one in resources:
        if one.type == SERVICE:
            template = ((one.inputs.get("spec") or {}).get("template") or {}).get("metadata") or {}
            annotations = template.get("annotations") or {}
            fewest, most = _first(annotations, _MIN_SCALE), _first(annotations, _MAX_SCALE)
            if str((template.get("labels") or {}).get(_ON_VIRTUAL_NODE)) == "true":
                yield _item(one.name, annotations.get(_TYPES), fewest, most, prices)
            elif (one.inputs.get("metadata") or {}).get("name") in bursting:
                yield _item(f"{one.name}, burst", annotations.get(_TYPES), 0, max(0, most - nodes), prices)
            if annotations.get(_RESERVE) == "enable":
                yield _reserve(one.name, annotations, prices)


def _reserve(name: str, annotations: Mapping[str, Any], prices: Prices) -> Item:
    replicas = int(annotations.get(f"{_RESERVE}-replicas", 1))
    return _item(f"{name}, reserve", annotations.get(f"{_RESERVE}-eci-use-specs"), replicas, replicas, prices)


def _item(name: str, listed: Any, fewest: int, most: int, prices: Prices) -> Item:
    """Idle at the first of the listed types, at most at the dearest."""
    types = [one.strip() for one in str(listed or "").split(",") if one.strip()]
    priced = [prices.instances[one] for one in types if one in prices.instances]
    unpriced = [one for one in types if one not in prices.instances] or ([] if types else [f"pods of {name}"])
    return Item(name, fewest * (priced or [0.0])[0], most * max(priced, default=0.0), unpriced if most else ())


def _selected(policy: Mapping[str, Any]) -> Any:
    return ((policy.get("spec") or {}).get("selector") or {}).get(_SERVICE_OF_POD)


def _first(annotations: Mapping[str, Any], keys: Iterable[str]) -> int:
    return next((int(annotations[key]) for key in keys if key in annotations), 0)
