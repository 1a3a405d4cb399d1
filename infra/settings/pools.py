"""Settings of one GPU node pool."""

from typing import Annotated, Literal

from pydantic import Field

from infra.settings.section import Section
from infra.settings.texts import InstanceType, allowed, matching

DiskCategory = Literal["cloud_essd", "cloud_auto", "cloud_essd_entry", "cloud_ssd", "cloud_efficiency"]


class Spot(Section):
    """Spare capacity at the market's price."""

    price_limits: dict[InstanceType, Annotated[float, Field(gt=0)]] = {}
    """Highest price per hour in the account's currency, by instance type; empty: whatever the market asks."""
    on_demand_fallback: bool = True
    """Whether to buy at the full price where no spare capacity is left."""


class GpuPool(Section):
    """One autoscaled GPU node pool."""

    instance_types: Annotated[tuple[InstanceType, ...], Field(min_length=1, max_length=10)]
    """In the order of preference."""
    min_size: Annotated[int, Field(ge=0, le=1000)] = 0
    """Nodes that are always there; 0 costs nothing when idle."""
    max_size: Annotated[int, Field(ge=1, le=1000)]
    """Nodes at most: the upper bound of what GPUs can cost."""
    disk_category: DiskCategory | None = None
    """Category of the system disks; by default the fastest one that all instance types can have."""
    disk_gib: Annotated[int, Field(ge=40, le=2048)] = 200
    """Size of the system disks, GiB; they hold the image twice while it is unpacked."""
    driver_version: Annotated[str, matching(r"\d+\.\d+(\.\d+)?"), allowed("a version", "550.144.03")] | None = None
    """NVIDIA driver of new nodes; by default ACK's, which moves with time."""
    spot: Spot | None = None
    """Buy spare capacity; left out: on demand."""
