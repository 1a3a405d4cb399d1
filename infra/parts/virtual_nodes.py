"""Virtual nodes, and what a service says to run on them."""

from components.ack_cluster import AckCluster
from components.manifests.eci import Eci, EciSpot
from components.network import Network
from components.virtual_nodes import VirtualNodesArgs
from infra.checks.virtual_nodes import specs
from infra.load import Loaded
from infra.settings.services import Service


def virtual_nodes_args(loaded: Loaded, network: Network, cluster: AckCluster) -> VirtualNodesArgs:
    """In the nodes' vSwitches of the zones asked for."""
    zones = loaded.settings.network.zones
    wanted = loaded.settings.virtual_nodes.zones or zones
    by_zone = dict(zip(zones, network.vswitch_ids, strict=True))
    return VirtualNodesArgs(
        cluster_id=cluster.cluster_id,
        provider=cluster.provider,
        vswitch_ids=[by_zone[zone] for zone in wanted],
        after=cluster.workers,
    )


def eci(loaded: Loaded, service: Service) -> Eci | None:
    """None: the service stays on nodes."""
    settings = service.eci
    if settings is None:
        return None
    return Eci(
        specs=specs(service, loaded.settings.gpu_pools, loaded.catalogue),
        nodes_first=settings.placement == "burst",
        wait_for_nodes=settings.wait_for_nodes,
        spot=EciSpot(settings.spot.price_limit, settings.spot.on_demand_fallback) if settings.spot else None,
        image_cache=settings.image_cache,
        gpu_driver=settings.gpu_driver,
        extra_storage_gib=settings.extra_storage_gib,
        zone_order=settings.zone_order,
    )
