"""The gateway."""

from components.ack_cluster import AckCluster
from components.alb_gateway import AlbGatewayArgs
from components.manifests.alb_config import AlbConfigSpec
from components.network import Network
from infra.load import Loaded

_ALB_NAME = "knative-alb"


def gateway_args(loaded: Loaded, network: Network, cluster: AckCluster) -> AlbGatewayArgs:
    """The ALB in the zones of the network."""
    gateway = loaded.settings.gateway
    return AlbGatewayArgs(
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
    )
