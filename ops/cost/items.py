"""What a bill consists of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

CLUSTER = "alicloud:cs/managedKubernetes:ManagedKubernetes"
NODE_POOL = "alicloud:cs/nodePool:NodePool"
SERVICE = "kubernetes:serving.knative.dev/v1:Service"


@dataclass(frozen=True)
class Item:
    """One line of the bill, per hour: floor idle, all pools at their smallest; ceiling with all at their largest.
    unpriced: what the catalogue lacks for it."""

    name: str
    floor: float
    ceiling: float
    unpriced: Sequence[str] = ()


def pool_sizes(inputs: Mapping[str, Any]) -> tuple[int, int]:
    """Fewest and most nodes of a pool."""
    scaling = inputs.get("scalingConfig")
    if scaling:
        return int(scaling.get("minSize", 0)), int(scaling.get("maxSize", 0))
    size = int(inputs.get("desiredSize") or 0)
    return size, size
