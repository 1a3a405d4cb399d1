"""Settings of one GPU node pool."""

from typing import Annotated, Literal

from pydantic import Field

from infra.settings.section import Section
from infra.settings.texts import InstanceType, LabelKey, LabelValue, allowed, matching

DiskCategory = Literal["cloud_essd", "cloud_auto", "cloud_essd_entry", "cloud_ssd", "cloud_efficiency"]


class Spot(Section):
    """Spare capacity at the market's price."""

    price_limits: dict[InstanceType, Annotated[float, Field(gt=0)]] = {}
    """Highest price per hour in the account's currency, by instance type; empty: whatever the market asks."""
    on_demand_fallback: bool = True
    """Whether to buy at the full price where no spare capacity is left; works with zonePolicy cost alone."""
    replace_early: bool = True
    """Whether to buy a successor as soon as a node is announced to be taken back, five minutes ahead, and to drain it
    once that is there; both are paid meanwhile. Without it, and where none is to be had, the requests under way on the
    node are lost. Not verified for a pool that is autoscaled."""


class Taint(Section):
    """Keeps services off the pool's nodes that do not name the pool."""

    key: LabelKey
    """As Kubernetes takes it."""
    value: LabelValue = "true"
    """As Kubernetes takes it."""
    effect: Literal["NoSchedule", "PreferNoSchedule", "NoExecute"] = "NoSchedule"
    """NoExecute also ends pods that run there already."""


class GpuPool(Section):
    """One autoscaled GPU node pool."""

    instance_types: Annotated[tuple[InstanceType, ...], Field(min_length=1, max_length=10)]
    """In the order of preference."""
    min_size: Annotated[int, Field(ge=0, le=1000)] = 0
    """Nodes that are always there; 0 costs nothing when idle."""
    max_size: Annotated[int, Field(ge=1, le=1000)]
    """Nodes at most: the upper bound of what GPUs can cost."""
    priority: Annotated[int, Field(ge=1, le=100)] | None = None
    """Which of several pools the autoscaler orders from first: the one with the highest number. For every pool or for
    none; left out: as cluster.autoscaler.expander says. Whether ACK goes on to the next pool at once when one is out of
    stock is not verified."""
    disk_category: DiskCategory | None = None
    """Category of the system disks; by default the fastest one that all instance types can have."""
    disk_gib: Annotated[int, Field(ge=40, le=2048)] = 200
    """Size of the system disks, GiB; they hold the image twice while it is unpacked."""
    disk_performance_level: Literal["PL0", "PL1", "PL2", "PL3"] | None = None
    """Of a cloud_essd disk; a higher one unpacks the image faster and costs more. PL2 needs 461 GiB, PL3 1261. By
    default ECS's own, PL1."""
    disk_encrypted: bool = False
    """Whether the system disks are encrypted with the account's default key. For nodes made afterwards."""
    zone_policy: Literal["priority", "balance", "cost"] | None = None
    """priority: what the first zone of the network has, then the next. balance: evenly over the zones. cost: the
    cheapest type first. By default priority, as GPUs are scarce; with spot cost, which onDemandFallback needs."""
    driver_version: Annotated[str, matching(r"\d+\.\d+(\.\d+)?"), allowed("a version", "550.144.03")] | None = None
    """NVIDIA driver of new nodes; by default ACK's, which moves with time."""
    spot: Spot | None = None
    """Buy spare capacity; left out: on demand."""
    labels: dict[LabelKey, LabelValue] = {}
    """Further Kubernetes labels of the nodes."""
    taints: tuple[Taint, ...] = ()
    """Further taints of the nodes; a service that names the pool tolerates them, any other stays away."""
    auto_repair: bool = False
    """Whether ACK restarts or replaces nodes that fail. Makes the pool a managed one: the account then needs the role
    AliyunCSManagedNlcRole."""
