"""Knative."""

from components.ack_cluster import AckCluster
from components.gateway import Gateway
from components.knative import KnativeArgs
from components.manifests.knative_config import Autoscaling, Deployments, QueueProxy
from infra.domain import service_domain
from infra.load import Loaded
from infra.settings.knative import Knative
from infra.settings.texts import seconds


def knative_args(loaded: Loaded, cluster: AckCluster, gateway: Gateway) -> KnativeArgs:
    """Knative behind that gateway."""
    knative = loaded.settings.knative
    return KnativeArgs(
        cluster_id=cluster.cluster_id,
        provider=cluster.provider,
        ingress=gateway.ingress,
        domain=service_domain(knative, loaded.settings.gateway),
        deployments=_deployments(knative),
        autoscaling=_autoscaling(knative),
        after=cluster.workers,
    )


def _autoscaling(knative: Knative) -> Autoscaling:
    return Autoscaling(
        stable_window=knative.stable_window,
        scale_to_zero_grace_period=knative.scale_to_zero_grace_period,
        pod_retention_period=knative.pod_retention_period,
        scale_down_delay=knative.scale_down_delay,
        target_utilization_percentage=knative.target_utilization_percentage,
        target_burst_capacity=knative.target_burst_capacity,
        panic_window_percentage=knative.panic_window_percentage,
        panic_threshold_percentage=knative.panic_threshold_percentage,
        max_scale_limit=knative.max_scale_limit,
    )


def _deployments(knative: Knative) -> Deployments:
    requests, limits = knative.queue_proxy.requests, knative.queue_proxy.limits
    return Deployments(
        progress_deadline_seconds=seconds(knative.progress_deadline),
        registries_skipping_tag_resolving=knative.registries_skipping_tag_resolving,
        digest_resolution_timeout=knative.digest_resolution_timeout,
        queue_proxy=QueueProxy(requests.cpu, limits.cpu, requests.memory, limits.memory),
    )
