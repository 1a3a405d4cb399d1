"""The cluster's autoscaler."""

from collections.abc import Mapping

import pulumi

from components.ack_cluster import AckCluster
from components.cluster_autoscaler import ClusterAutoscalerArgs
from components.gpu_node_pool import GpuNodePool
from infra.load import Loaded
from infra.settings.texts import seconds


def autoscaler_args(loaded: Loaded, cluster: AckCluster, pools: Mapping[str, GpuNodePool]) -> ClusterAutoscalerArgs:
    """With the GPU pools in the order of their priorities, where they have any."""
    groups: dict[int, list[pulumi.Input[str]]] = {}
    for name, pool in loaded.settings.gpu_pools.items():
        if pool.priority is not None:
            groups.setdefault(pool.priority, []).append(pools[name].scaling_group_id)
    asked = loaded.settings.cluster.autoscaler
    return ClusterAutoscalerArgs(
        cluster_id=cluster.cluster_id,
        idle_minutes=loaded.settings.cluster.idle_minutes,
        scan_interval_seconds=seconds(asked.scan_interval),
        utilization_threshold=asked.utilization_threshold,
        gpu_utilization_threshold=asked.gpu_utilization_threshold,
        expander=asked.expander,
        priorities=groups,
        after=cluster.workers,
    )
