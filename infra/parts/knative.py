"""Knative."""

from components.ack_cluster import AckCluster
from components.alb_gateway import AlbGateway
from components.knative import KnativeArgs
from components.manifests.knative_config import Autoscaling
from infra.domain import service_domain
from infra.load import Loaded
from infra.settings.texts import seconds


def knative_args(loaded: Loaded, cluster: AckCluster, gateway: AlbGateway) -> KnativeArgs:
    """Knative behind that gateway."""
    knative = loaded.settings.knative
    return KnativeArgs(
        cluster_id=cluster.cluster_id,
        provider=cluster.provider,
        albconfig=gateway.albconfig,
        domain=service_domain(knative, loaded.settings.gateway),
        progress_deadline_seconds=seconds(knative.progress_deadline),
        autoscaling=Autoscaling(
            stable_window=knative.stable_window,
            scale_to_zero_grace_period=knative.scale_to_zero_grace_period,
            pod_retention_period=knative.pod_retention_period,
        ),
        registries_skipping_tag_resolving=knative.registries_skipping_tag_resolving,
        pods_reachable_by_alb=loaded.settings.cluster.pod_network == "terway",
        after=cluster.workers,
    )
