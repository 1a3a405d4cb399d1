"""The keys that the program sets in Knative's ConfigMaps; keys that are not named here stay as ACK ships them.

config-defaults is left alone: its max-revision-timeout-seconds of 600 is all that ALB waits for, and what else it
gives to services that say nothing, the services of this program say themselves.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi

NAMESPACE = "knative-serving"
ALB_INGRESS_CLASS = "alb.ingress.networking.knative.dev"
KOURIER_INGRESS_CLASS = "kourier.ingress.networking.knative.dev"

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
    """What a service has that says nothing else; durations as Go writes them (60s, 5m). None: as Knative ships it.

    Knative refuses the whole ConfigMap for one value out of range, says so in a log only, and keeps the old one.

    stable_window: over which the average concurrency is taken; 6s to 1h.
    scale_to_zero_grace_period: how long the last pod stays after the decision to go to zero; above 0s.
    pod_retention_period: how long the last pod stays at least after the last request; keep it above the pod's
        drain time, else a request just after the end finds the GPU still taken and buys another node.
    scale_down_delay: how long fewer requests must last before pods go.
    target_utilization_percentage: of a pod's concurrency that is aimed at. At the shipped 70 five concurrent requests
        of one each ask for eight pods.
    target_burst_capacity: requests that the activator holds back; -1 always, 0 only until a pod runs.
    panic_window_percentage, panic_threshold_percentage: of the window, and of what the pods can take: over which, and
        from where on, a rise counts as sudden.
    max_scale_limit: pods that no service may ask for more of; one that asks for no limit gets this one.
    """

    stable_window: str = "60s"
    scale_to_zero_grace_period: str = "30s"
    pod_retention_period: str = "0s"
    scale_down_delay: str | None = None
    target_utilization_percentage: int = 100
    target_burst_capacity: int | None = None
    panic_window_percentage: int | None = None
    panic_threshold_percentage: int | None = None
    max_scale_limit: int | None = None


@dataclass(frozen=True)
class QueueProxy:
    """What Knative's own container in every pod asks for and may use: it takes requests in and passes them on.

    None: as Knative ships it, that is 25m of CPU asked for and no limit.
    """

    cpu_request: str | None = None
    cpu_limit: str | None = None
    memory_request: str | None = None
    memory_limit: str | None = None


@dataclass(frozen=True)
class Deployments:
    """How revisions are brought up.

    progress_deadline_seconds: a new revision may take to become ready: node, driver, image and model. Until then
        the pods of a broken revision hold their GPU nodes.
    digest_resolution_timeout: how long Knative asks a registry what a tag means; a duration as Go writes it.
    """

    progress_deadline_seconds: int
    registries_skipping_tag_resolving: Sequence[str] = ()
    digest_resolution_timeout: str | None = None
    queue_proxy: QueueProxy = QueueProxy()


@dataclass(frozen=True)
class AlbIngress:
    """Services behind the ALB of an AlbConfig.

    pods_reachable: true on Terway, false on an overlay network (Flannel), where ALB needs node ports.
    https: whether services say that their address is an https:// one.
    """

    albconfig: pulumi.Input[str]
    pods_reachable: bool = True
    https: bool = False


@dataclass(frozen=True)
class KourierIngress:
    """Services behind Kourier, which runs in the cluster and must be there already."""


Ingress = AlbIngress | KourierIngress


def network(ingress: Ingress) -> Data:
    """config-network.

    The template of host names stays as shipped, <service>.<namespace>.<domain>: DNS record, certificate and the
    addresses that the program gives out rest on it. external-domain-tls stays off: certificates are the gateway's.
    """
    return {
        **(_alb(ingress) if isinstance(ingress, AlbIngress) else {"ingress.class": KOURIER_INGRESS_CLASS}),
        # "auto" falls back to the service address for good after one failed probe, and then one pod gets everything.
        "mesh-compatibility-mode": "disabled",
    }


def _alb(ingress: AlbIngress) -> Data:
    return {
        "ingress.class": ALB_INGRESS_CLASS,
        "albconfig": ingress.albconfig,
        **({} if ingress.pods_reachable else {"eni": "false"}),
        **({"default-external-scheme": "https"} if ingress.https else {}),
    }


def features() -> Data:
    """config-features. A value other than these words is not refused by Knative, only ignored."""
    return dict.fromkeys(_FEATURES, "enabled")


def autoscaler(autoscaling: Autoscaling) -> Data:
    """config-autoscaler."""
    limit = autoscaling.max_scale_limit
    return {
        "stable-window": autoscaling.stable_window,
        "scale-to-zero-grace-period": autoscaling.scale_to_zero_grace_period,
        "scale-to-zero-pod-retention-period": autoscaling.pod_retention_period,
        "enable-scale-to-zero": "true",
        "container-concurrency-target-percentage": str(autoscaling.target_utilization_percentage),
        "allow-zero-initial-scale": "true",
        **_said(
            {
                "scale-down-delay": autoscaling.scale_down_delay,
                "target-burst-capacity": autoscaling.target_burst_capacity,
                "panic-window-percentage": autoscaling.panic_window_percentage,
                "panic-threshold-percentage": autoscaling.panic_threshold_percentage,
                "max-scale-limit": limit,
                # Knative refuses a limit while services without maxScale are unlimited.
                "max-scale": limit,
            }
        ),
    }


def deployment(deployments: Deployments) -> Data:
    """config-deployment."""
    queue_proxy = deployments.queue_proxy
    return {
        "progress-deadline": f"{deployments.progress_deadline_seconds}s",
        # A GPU pool at zero makes the first pod unschedulable, and without this the revision fails on the spot.
        "pod-is-always-schedulable": "true",
        "registries-skipping-tag-resolving": ",".join(deployments.registries_skipping_tag_resolving),
        **_said(
            {
                "digest-resolution-timeout": deployments.digest_resolution_timeout,
                "queue-sidecar-cpu-request": queue_proxy.cpu_request,
                "queue-sidecar-cpu-limit": queue_proxy.cpu_limit,
                "queue-sidecar-memory-request": queue_proxy.memory_request,
                "queue-sidecar-memory-limit": queue_proxy.memory_limit,
            }
        ),
    }


def domain(name: str) -> Data:
    """config-domain: services are reached at <service>.<namespace>.<name>."""
    if name == _SHIPPED_DOMAIN:
        return {name: ""}
    # Of two domains for all routes Knative takes the first in the alphabet.
    return {name: "", _SHIPPED_DOMAIN: _MATCHES_NO_ROUTE}


def _said(values: Mapping[str, str | int | None]) -> Data:
    return {key: str(value) for key, value in values.items() if value is not None}
