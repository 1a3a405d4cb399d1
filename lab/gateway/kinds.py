"""The two gateways that this one stands in for: ALB, and Kourier as upstream's net-kourier has it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_CLUSTER = "svc.cluster.local"


@dataclass(frozen=True)
class Entrance:
    """A Service that leads to the gateway; KIngress statuses name its domain.

    port_name: of its port 80. external: to the listener for the world, by a load balancer. owned: the controller makes
    it, else an addon brings it.
    """

    name: str
    namespace: str
    port_name: str
    external: bool = False
    owned: bool = False

    @property
    def domain(self) -> str:
        return f"{self.name}.{self.namespace}.{_CLUSTER}"


@dataclass(frozen=True)
class Kind:
    """entrances: the first is for the cluster's own requests, the last for the world where no ALB has a name.

    unknown_host: status for a host that nobody serves. silence_seconds: after this without a byte a request ends with
    504; 0 waits for ever.
    """

    ingress_class: str
    entrances: tuple[Entrance, ...]
    server: str
    unknown_host: int
    silence_seconds: int = 0


ALB = Kind(
    ingress_class="alb.ingress.networking.knative.dev",
    entrances=(Entrance("alb-gateway", "knative-serving", "http", owned=True),),
    server="alb",
    unknown_host=503,
)
KOURIER = Kind(
    ingress_class="kourier.ingress.networking.knative.dev",
    entrances=(
        Entrance("kourier-internal", "kourier-system", "http2"),
        Entrance("kourier", "kourier-system", "http2", external=True),
    ),
    server="envoy",
    unknown_host=404,
    # `stream-idle-timeout` as config-kourier ships it.
    silence_seconds=300,
)
DOMAINS = frozenset(entrance.domain for kind in (ALB, KOURIER) for entrance in kind.entrances)


def kind_of(config_network: Mapping[str, Any]) -> Kind:
    """Which one Knative is told to use; the ALB where nothing is said."""
    return KOURIER if config_network.get("ingress.class") == KOURIER.ingress_class else ALB
