"""Composes one stack out of components."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network

import pulumi

from components.ack_cluster import AckCluster, AckClusterArgs, FlannelPods, SystemPoolArgs, TerwayPods
from components.alb_gateway import AlbGateway, AlbGatewayArgs
from components.gpu_node_pool import GpuNodePool, GpuNodePoolArgs, SpotArgs
from components.knative import Knative, KnativeArgs
from components.manifests.alb_config import AlbConfigSpec
from components.manifests.knative_config import Autoscaling
from components.network import Network, NetworkArgs, ZoneArgs
from components.serving_namespace import ServingNamespace, ServingNamespaceArgs
from components.stable_diffusion_service import StableDiffusionService
from infra.checks.pools import disk_category
from infra.load import Loaded
from infra.service import service_args
from infra.settings.texts import seconds
from infra.subnets import cut

_ALB_NAME = "knative-alb"


@dataclass(frozen=True)
class Stack:
    """What a stack consists of; its outputs are what commands and people read."""

    network: Network
    cluster: AckCluster
    gpu_pools: Mapping[str, GpuNodePool]
    gateway: AlbGateway
    namespace: ServingNamespace
    services: Mapping[str, StableDiffusionService]

    def outputs(self) -> dict[str, pulumi.Input[object]]:
        """clusterId, gatewayAddress (the ALB's DNS name), namespace, services (host and url by name) and the
        kubeconfig, which is a secret."""
        return {
            "clusterId": self.cluster.cluster_id,
            "gatewayAddress": self.gateway.dns_name,
            "namespace": self.namespace.namespace,
            "services": {name: {"host": one.host, "url": one.url} for name, one in self.services.items()},
            "kubeconfig": self.cluster.kubeconfig,
        }


def build(loaded: Loaded, project: str, stack: str) -> Stack:
    """Registers everything; what depends on what is said here and in the components' `after`.

    A destroy goes the other way: services, ALB, addons, pools, cluster, network.
    """
    tags = {"project": project, "stack": stack, "managed-by": "pulumi"}
    prefix = f"{project}-{stack}"
    network = _network(loaded, prefix, tags)
    cluster = _cluster(loaded, prefix, tags, network)
    pools = {name: _gpu_pool(loaded, name, tags, network, cluster) for name in loaded.settings.gpu_pools}
    gateway = _gateway(loaded, network, cluster)
    knative = _knative(loaded, cluster, gateway)
    namespace = ServingNamespace(
        "serving",
        ServingNamespaceArgs(loaded.settings.namespace, cluster.provider, after=cluster.workers),
    )
    before_services: Sequence[pulumi.Resource] = [*knative.ready, *gateway.ready, *pools.values()]
    services = {
        name: StableDiffusionService(
            name, service_args(loaded, name, namespace.namespace, pools, cluster.provider, before_services)
        )
        for name in loaded.settings.services
    }
    return Stack(network, cluster, pools, gateway, namespace, services)


def _network(loaded: Loaded, prefix: str, tags: Mapping[str, str]) -> Network:
    network = loaded.settings.network
    return Network(
        "network",
        NetworkArgs(
            network_name=prefix,
            cidr=network.cidr,
            zones=[
                ZoneArgs(zone.zone_id, str(zone.nodes), str(zone.pods))
                for zone in cut(IPv4Network(network.cidr), network.zones)
            ],
            egress_mbps=network.egress_mbps,
            tags=tags,
        ),
    )


def _cluster(loaded: Loaded, prefix: str, tags: Mapping[str, str], network: Network) -> AckCluster:
    settings, cluster = loaded.settings, loaded.settings.cluster
    system = cluster.system_pool
    flannel = cluster.pod_network == "flannel"
    protected = settings.production if cluster.deletion_protection is None else cluster.deletion_protection
    return AckCluster(
        "ack",
        AckClusterArgs(
            cluster_name=prefix,
            version=loaded.catalogue.versions.get(cluster.version, cluster.version),
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
            public_api=cluster.public_api,
            deletion_protection=protected,
            idle_minutes=cluster.idle_minutes,
            tags=tags,
            after=network.egress,
        ),
    )


def _gpu_pool(loaded: Loaded, name: str, tags: Mapping[str, str], network: Network, cluster: AckCluster) -> GpuNodePool:
    pool = loaded.settings.gpu_pools[name]
    category = disk_category(pool, loaded.catalogue)
    assert category is not None, "the checks refuse a pool without a common disk category"
    return GpuNodePool(
        name,
        GpuNodePoolArgs(
            cluster_id=cluster.cluster_id,
            pool_name=name,
            vswitch_ids=network.vswitch_ids,
            instance_types=pool.instance_types,
            min_size=pool.min_size,
            max_size=pool.max_size,
            image_type=loaded.settings.cluster.image_type,
            disk_category=category,
            disk_gib=pool.disk_gib,
            driver_version=pool.driver_version,
            spot=SpotArgs(pool.spot.price_limits, pool.spot.on_demand_fallback) if pool.spot else None,
            tags=tags,
        ),
    )


def _gateway(loaded: Loaded, network: Network, cluster: AckCluster) -> AlbGateway:
    gateway = loaded.settings.gateway
    return AlbGateway(
        "gateway",
        AlbGatewayArgs(
            cluster_id=cluster.cluster_id,
            provider=cluster.provider,
            alb=AlbConfigSpec(
                name=_ALB_NAME,
                vswitch_ids=network.vswitch_ids,
                address_type=gateway.address_type,
                edition=gateway.edition,
                idle_timeout_seconds=gateway.idle_timeout_seconds,
                request_timeout_seconds=gateway.request_timeout_seconds,
            ),
            after=cluster.workers,
        ),
    )


def _knative(loaded: Loaded, cluster: AckCluster, gateway: AlbGateway) -> Knative:
    knative = loaded.settings.knative
    return Knative(
        "knative",
        KnativeArgs(
            cluster_id=cluster.cluster_id,
            provider=cluster.provider,
            albconfig=gateway.albconfig,
            domain=knative.domain,
            progress_deadline_seconds=seconds(knative.progress_deadline),
            autoscaling=Autoscaling(
                stable_window=knative.stable_window,
                scale_to_zero_grace_period=knative.scale_to_zero_grace_period,
                pod_retention_period=knative.pod_retention_period,
            ),
            registries_skipping_tag_resolving=knative.registries_skipping_tag_resolving,
            pods_reachable_by_alb=loaded.settings.cluster.pod_network == "terway",
            after=cluster.workers,
        ),
    )
