"""The domain below which the services of a stack are reached."""

from infra.settings.gateway import Gateway
from infra.settings.knative import Knative

# What Knative ships: no name in DNS, so that requests must bring the Host header themselves.
_NOBODYS = "example.com"


def service_domain(knative: Knative, gateway: Gateway) -> str:
    """As in Knative's config-domain: a service is at <service>.<namespace>.<domain>."""
    return knative.domain or recorded_domain(gateway) or _NOBODYS


def recorded_domain(gateway: Gateway) -> str | None:
    """The one that the stack makes a DNS record for."""
    return f"{gateway.domain.record}.{gateway.domain.zone}" if gateway.domain else None
