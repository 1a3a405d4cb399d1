"""GpuNodePool: GPU nodes that the cluster's autoscaler orders for waiting pods and gives back when idle."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi
import pulumi_alicloud as alicloud

# Nodes carry these from the pool's template, so that the autoscaler knows them while the pool is at zero;
# the labels that ACK itself puts on GPU nodes (aliyun.accelerator/…) it learns only from a running node.
GPU_LABEL = "ack-stable-diffusion/gpu"
POOL_LABEL = "ack-stable-diffusion/gpu-pool"
DRIVER_LABEL = "ack.aliyun.com/nvidia-driver-version"
GPU_TAINT_KEY = "nvidia.com/gpu"
# Keeps every pod off these nodes that does not ask for a GPU.
_GPU_TAINT = alicloud.cs.NodePoolTaintArgs(key=GPU_TAINT_KEY, value="true", effect="NoSchedule")

ANY_GPU_POOL: Mapping[str, str] = {GPU_LABEL: "true"}
"""Node selector for a pod that may run on any GPU pool of the cluster."""
GPU_TOLERATION: Mapping[str, str] = {"key": GPU_TAINT_KEY, "operator": "Exists", "effect": "NoSchedule"}


@dataclass(frozen=True)
class SpotArgs:
    """Spare capacity at the market's price.

    price_limits: instance type → highest hourly price in the account's currency; none: whatever the market asks.
    on_demand_fallback: buy at the full price where no spare capacity is left; works with multi_az_policy
        COST_OPTIMIZED alone.
    replace_early: buy a successor for a node as soon as it is announced to be taken back, and drain it then.
    """

    price_limits: Mapping[str, float] = field(default_factory=dict)
    on_demand_fallback: bool = True
    replace_early: bool = True


@dataclass(frozen=True)
class TaintArgs:
    """Keeps pods without a matching toleration off the pool's nodes; effect: as Kubernetes spells it."""

    key: str
    value: str
    effect: str


@dataclass(frozen=True)
class GpuNodePoolArgs:
    """What a GpuNodePool needs.

    instance_types: in the order of preference.
    multi_az_policy: PRIORITY (what the first zone has, then the next), BALANCE or COST_OPTIMIZED; None: PRIORITY, or
        COST_OPTIMIZED with spot.
    disk_category: must be one that every instance type can take; fixed at creation of a node.
    disk_gib: holds the image (about 10 GiB packed) twice and the container's scratch files.
    disk_performance_level: PL0 to PL3, of a cloud_essd disk alone; None: ECS's default.
    driver_version: of NVIDIA's driver; None: ACK's default at the time a node joins, which moves.
    labels, taints: over and above the pool's own.
    auto_repair: ACK restarts or replaces nodes that fail; makes the pool a managed one.
    protect: the engine refuses to delete or replace the pool.
    """

    cluster_id: pulumi.Input[str]
    pool_name: str
    vswitch_ids: Sequence[pulumi.Input[str]]
    instance_types: Sequence[str]
    max_size: int
    min_size: int = 0
    image_type: str = "AliyunLinux4"
    disk_category: str = "cloud_essd"
    disk_gib: int = 200
    disk_performance_level: str | None = None
    disk_encrypted: bool = False
    multi_az_policy: str | None = None
    driver_version: str | None = None
    spot: SpotArgs | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    taints: Sequence[TaintArgs] = ()
    auto_repair: bool = False
    protect: bool = False
    tags: Mapping[str, str] = field(default_factory=dict)


class GpuNodePool(pulumi.ComponentResource):
    """Owns the pool's shape, never its size: between min and max the autoscaler decides."""

    node_pool_id: pulumi.Output[str]
    scaling_group_id: pulumi.Output[str]
    """What the cluster's autoscaler knows the pool by."""
    node_selector: Mapping[str, str]
    """Places a pod on this pool alone."""
    tolerations: Sequence[Mapping[str, str]]
    """What a pod must tolerate to run on this pool."""

    def __init__(self, name: str, args: GpuNodePoolArgs, opts: pulumi.ResourceOptions | None = None):
        super().__init__("ack-stable-diffusion:components:GpuNodePool", name, None, opts)

        pool = alicloud.cs.NodePool(
            f"{name}-pool",
            cluster_id=args.cluster_id,
            node_pool_name=args.pool_name,
            vswitch_ids=args.vswitch_ids,
            instance_types=args.instance_types,
            image_type=args.image_type,
            system_disk_category=args.disk_category,
            system_disk_size=args.disk_gib,
            system_disk_performance_level=args.disk_performance_level,
            system_disk_encrypted=args.disk_encrypted or None,
            multi_az_policy=args.multi_az_policy or _multi_az_policy(args.spot),
            # No desired_size beside it: the provider refuses both, and it would fight the autoscaler.
            scaling_config=alicloud.cs.NodePoolScalingConfigArgs(
                enable=True, min_size=args.min_size, max_size=args.max_size, type="gpu"
            ),
            labels=_labels(args),
            taints=[_GPU_TAINT, *(_taint(taint) for taint in args.taints)],
            management=_management(args.auto_repair),
            spot_strategy=_spot_strategy(args.spot),
            spot_price_limits=_spot_price_limits(args.spot),
            compensate_with_on_demand=args.spot.on_demand_fallback if args.spot else None,
            spot_instance_remedy=args.spot.replace_early if args.spot else None,
            tags=args.tags,
            opts=pulumi.ResourceOptions(parent=self, protect=args.protect),
        )

        self.node_pool_id = pool.node_pool_id
        self.scaling_group_id = pool.scaling_group_id
        self.node_selector = {POOL_LABEL: args.pool_name}
        self.tolerations = [GPU_TOLERATION, *(_toleration(taint) for taint in args.taints)]
        self.register_outputs({"node_pool_id": self.node_pool_id, "scaling_group_id": self.scaling_group_id})


def _taint(taint: TaintArgs) -> alicloud.cs.NodePoolTaintArgs:
    return alicloud.cs.NodePoolTaintArgs(key=taint.key, value=taint.value, effect=taint.effect)


def _toleration(taint: TaintArgs) -> dict[str, str]:
    return {"key": taint.key, "operator": "Equal", "value": taint.value, "effect": taint.effect}


def _management(auto_repair: bool) -> alicloud.cs.NodePoolManagementArgs | None:
    return alicloud.cs.NodePoolManagementArgs(enable=True, auto_repair=True, max_unavailable=1) if auto_repair else None


def _multi_az_policy(spot: SpotArgs | None) -> str:
    """GPUs are scarce: take what the first zone has; balancing would wait for the emptiest. With spot, what costs
    least: under another policy ACK does not look at on_demand_fallback."""
    return "COST_OPTIMIZED" if spot else "PRIORITY"


def _labels(args: GpuNodePoolArgs) -> list[alicloud.cs.NodePoolLabelArgs]:
    labels = {**args.labels, **ANY_GPU_POOL, POOL_LABEL: args.pool_name}
    if args.driver_version:
        labels[DRIVER_LABEL] = args.driver_version
    return [alicloud.cs.NodePoolLabelArgs(key=key, value=value) for key, value in labels.items()]


def _spot_strategy(spot: SpotArgs | None) -> str:
    if spot is None:
        return "NoSpot"
    return "SpotWithPriceLimit" if spot.price_limits else "SpotAsPriceGo"


def _spot_price_limits(spot: SpotArgs | None) -> list[alicloud.cs.NodePoolSpotPriceLimitArgs] | None:
    if spot is None or not spot.price_limits:
        return None
    return [
        alicloud.cs.NodePoolSpotPriceLimitArgs(instance_type=instance_type, price_limit=str(limit))
        for instance_type, limit in spot.price_limits.items()
    ]
