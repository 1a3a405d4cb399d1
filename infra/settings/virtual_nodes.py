"""Settings of virtual nodes, and of how one service runs on them."""

from typing import Annotated, Literal

from pydantic import Field

from infra.settings.section import Section
from infra.settings.texts import Duration, InstanceType, allowed, matching


class VirtualNodes(Section):
    """Elastic container instances (ECI): pods without nodes, billed by the second."""

    enabled: bool = False
    """Installs the addon ack-virtual-node. Needs ECI activated in the account; costs nothing until a pod runs there."""
    zones: Annotated[tuple[str, ...], Field(min_length=1)] | None = None
    """Zones of the network to start instances in; left out: all, as the stock of GPUs differs by zone."""


class EciSpot(Section):
    """Spare capacity at the market's price."""

    price_limit: Annotated[float, Field(gt=0)] | None = None
    """Highest price per hour in the account's currency; left out: whatever the market asks."""
    on_demand_fallback: bool = True
    """Whether to buy at the full price where no spare capacity is left."""


class Eci(Section):
    """How a service's pods run on virtual nodes; needs virtualNodes.enabled."""

    placement: Literal["only", "burst"]
    """only: on virtual nodes alone: no node to wait for, and none that is billed when idle. burst: on GPU nodes first,
    on virtual nodes when no node has room; needs an ack.pro cluster."""
    wait_for_nodes: Duration | None = None
    """With burst: how long a pod waits for a GPU node that the autoscaler orders (10m is about what one takes); left
    out: it goes to a virtual node as soon as no running node has room, and an empty pool stays empty."""
    specs: Annotated[tuple[InstanceType, ...], Field(min_length=1, max_length=5)] | None = None
    """GPU instance types in the order of preference; left out: those of the service's GPU pools that it fits."""
    spot: EciSpot | None = None
    """Buy spare capacity; left out: on demand."""
    image_cache: bool = True
    """Whether ECI keeps a snapshot of the image, billed as a snapshot: without it every pod pulls some 10 GiB."""
    gpu_driver: Annotated[str, matching(r"\d{3}"), allowed("a major version in quotes", "535")] | None = None
    """NVIDIA driver; left out: ECI's default for the type."""
    extra_storage_gib: Annotated[int, Field(ge=1, le=2000)] | None = None
    """Disk beside the 30 GiB that every instance has for image and scratch files, GiB."""
    zone_order: Literal["ordered", "random"] | None = None
    """ordered: the first zone that has stock; random: spread over the zones; left out: ECI's default."""
