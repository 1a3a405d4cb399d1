"""GPU node pools."""

from collections.abc import Mapping

from components.ack_cluster import AckCluster
from components.gpu_node_pool import GpuNodePoolArgs, SpotArgs, TaintArgs
from components.network import Network
from infra.checks.pools import disk_category
from infra.load import Loaded
from infra.settings.pools import Spot

_MULTI_AZ_POLICIES = {"priority": "PRIORITY", "balance": "BALANCE", "cost": "COST_OPTIMIZED"}


def gpu_pool_args(
    loaded: Loaded, name: str, tags: Mapping[str, str], network: Network, cluster: AckCluster
) -> GpuNodePoolArgs:
    """The pool of that name."""
    pool = loaded.settings.gpu_pools[name]
    category = disk_category(pool, loaded.catalogue)
    assert category is not None, "the checks refuse a pool without a common disk category"
    return GpuNodePoolArgs(
        cluster_id=cluster.cluster_id,
        pool_name=name,
        vswitch_ids=network.vswitch_ids,
        instance_types=pool.instance_types,
        min_size=pool.min_size,
        max_size=pool.max_size,
        image_type=loaded.settings.cluster.image_type,
        disk_category=category,
        disk_gib=pool.disk_gib,
        disk_performance_level=pool.disk_performance_level,
        disk_encrypted=pool.disk_encrypted,
        multi_az_policy=_MULTI_AZ_POLICIES[pool.zone_policy] if pool.zone_policy else None,
        driver_version=pool.driver_version,
        spot=_spot(pool.spot) if pool.spot else None,
        labels=pool.labels,
        taints=[TaintArgs(taint.key, taint.value, taint.effect) for taint in pool.taints],
        auto_repair=pool.auto_repair,
        protect=loaded.settings.protected,
        tags=tags,
    )


def _spot(spot: Spot) -> SpotArgs:
    return SpotArgs(spot.price_limits, spot.on_demand_fallback, spot.replace_early)
