"""The ACK cluster."""

from collections.abc import Mapping

from components.ack_cluster import AckClusterArgs, FlannelPods, SystemPoolArgs, TerwayPods
from components.network import Network
from infra.load import Loaded


def cluster_args(loaded: Loaded, prefix: str, tags: Mapping[str, str], network: Network) -> AckClusterArgs:
    """The cluster in that network; the way out must be there before its nodes."""
    settings, cluster = loaded.settings, loaded.settings.cluster
    system = cluster.system_pool
    flannel = cluster.pod_network == "flannel"
    return AckClusterArgs(
        cluster_name=prefix,
        version=loaded.catalogue.full_version(cluster.version),
        vswitch_ids=network.vswitch_ids,
        pods=FlannelPods(cluster.pod_cidr) if flannel else TerwayPods(network.pod_vswitch_ids),
        service_cidr=cluster.service_cidr,
        system_pool=SystemPoolArgs(
            instance_types=system.instance_types,
            size=system.size,
            image_type=cluster.image_type,
            disk_category=system.disk_category,
            disk_gib=system.disk_gib,
        ),
        spec=cluster.spec,
        public_api=cluster.api_server.public,
        protect=settings.protected,
        idle_minutes=cluster.idle_minutes,
        tags=tags,
        after=network.egress,
    )
