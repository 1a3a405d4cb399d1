"""The keys that the program sets in Knative's ConfigMaps; keys that are not named here stay as ACK ships them."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

NAMESPACE = "knative-serving"
ALB_INGRESS_CLASS = "alb.ingress.networking.knative.dev"

Data = dict[str, pulumi.Input[str]]

_SHIPPED_DOMAIN = "example.com"
# Knative picks a domain whose selector matches; no route carries this label.
_MATCHES_NO_ROUTE = "selector:\n  ack-stable-diffusion/unused: 'true'\n"

# All that a service of this program may ever use. They go on together at the first `up`: a flag and the service
# that needs it in one later update cannot be previewed, because the dry run still sees the old flag.
_FEATURES = (
    "kubernetes.podspec-affinity",
    "kubernetes.podspec-fieldref",
    "kubernetes.podspec-init-containers",
    "kubernetes.podspec-nodeselector",
    "kubernetes.podspec-persistent-volume-claim",
    "kubernetes.podspec-persistent-volume-write",
    "kubernetes.podspec-securitycontext",
    "kubernetes.podspec-tolerations",
    "kubernetes.podspec-topologyspreadconstraints",
)


@dataclass(frozen=True)
class Autoscaling:
    """Cluster-wide autoscaling; durations as Go writes them (60s, 5m).

    stable_window: over which the average concurrency is taken.
    scale_to_zero_grace_period: how long the last pod stays after the decision to go to zero.
    pod_retention_period: how long the last pod stays at least after the last request; keep it above the pod's
        drain time, else a request just after the end finds the GPU still taken and buys another node.
    """

    stable_window: str = "60s"
    scale_to_zero_grace_period: str = "30s"
    pod_retention_period: str = "0s"


def network(albconfig: pulumi.Input[str], *, pods_reachable_by_alb: bool) -> Data:
    """config-network; pods_reachable_by_alb: true on Terway, false on an overlay network."""
    data: Data = {
        "ingress.class": ALB_INGRESS_CLASS,
        "albconfig": albconfig,
        # "auto" falls back to the service address for good after one failed probe, and then one pod gets everything.
        "mesh-compatibility-mode": "disabled",
    }
    return data if pods_reachable_by_alb else {**data, "eni": "false"}


def features() -> Data:
    """config-features. A value other than these words is not refused by Knative, only ignored."""
    return dict.fromkeys(_FEATURES, "enabled")


def autoscaler(autoscaling: Autoscaling) -> Data:
    """config-autoscaler."""
    return {
        "stable-window": autoscaling.stable_window,
        "scale-to-zero-grace-period": autoscaling.scale_to_zero_grace_period,
        "scale-to-zero-pod-retention-period": autoscaling.pod_retention_period,
        "enable-scale-to-zero": "true",
        # At the shipped 70 % five concurrent requests of one each ask for eight pods.
        "container-concurrency-target-percentage": "100",
        "allow-zero-initial-scale": "true",
    }


def deployment(progress_deadline_seconds: int, registries_skipping_tag_resolving: Sequence[str]) -> Data:
    """config-deployment."""
    return {
        "progress-deadline": f"{progress_deadline_seconds}s",
        # A GPU pool at zero makes the first pod unschedulable, and without this the revision fails on the spot.
        "pod-is-always-schedulable": "true",
        "registries-skipping-tag-resolving": ",".join(registries_skipping_tag_resolving),
    }


def domain(name: str) -> Data:
    """config-domain: services are reached at <service>.<namespace>.<name>."""
    if name == _SHIPPED_DOMAIN:
        return {name: ""}
    # Of two domains for all routes Knative takes the first in the alphabet.
    return {name: "", _SHIPPED_DOMAIN: _MATCHES_NO_ROUTE}
