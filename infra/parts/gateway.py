"""The gateway and the DNS record that leads to it."""

from collections.abc import Mapping

from components import gateway as gateways
from components.ack_cluster import AckCluster
from components.alb_gateway import AlbGatewayArgs
from components.kourier_gateway import KourierGatewayArgs
from components.manifests.alb_config import AccessLog, AlbConfigSpec, AllowedClients, ExistingAlb, HttpsListener, NewAlb
from components.network import Network
from components.service_domain import ServiceDomainArgs
from infra.load import Loaded
from infra.settings.gateway import DnsRecord, Gateway

_ALB_NAME = "knative-alb"


def alb_args(
    loaded: Loaded, prefix: str, tags: Mapping[str, str], network: Network, cluster: AckCluster
) -> AlbGatewayArgs:
    """The ALB in the zones of the network, or the one that is there."""
    gateway = loaded.settings.gateway
    return AlbGatewayArgs(
        cluster_id=cluster.cluster_id,
        provider=cluster.provider,
        alb=AlbConfigSpec(
            name=_ALB_NAME,
            alb=_alb(gateway, tags, network),
            http=gateway.https is None or gateway.https.plain_http,
            https=_https(gateway),
            clients=AllowedClients(prefix, gateway.allow_cidrs) if gateway.allow_cidrs else None,
            idle_timeout_seconds=gateway.idle_timeout_seconds,
            request_timeout_seconds=gateway.request_timeout_seconds,
        ),
        pods_reachable=loaded.settings.cluster.pod_network == "terway",
        after=cluster.workers,
    )


def kourier_args(loaded: Loaded) -> KourierGatewayArgs:
    """Kourier at the address that is given."""
    return KourierGatewayArgs(address=loaded.settings.gateway.kourier_address)


def service_domain_args(loaded: Loaded, record: DnsRecord, gateway: gateways.Gateway) -> ServiceDomainArgs:
    """The record that leads services to that gateway."""
    return ServiceDomainArgs(
        zone=record.zone,
        record=record.record,
        namespace=loaded.settings.namespace,
        address=gateway.dns_name,
        record_type="CNAME" if loaded.settings.gateway.kind == "alb" else "A",
        ttl_seconds=record.ttl_seconds,
    )


def annotations(gateway: Gateway) -> Mapping[str, str]:
    """What each service must carry to be reached on every listener."""
    return {gateway.https.annotation: "true"} if gateway.https else {}


def _alb(gateway: Gateway, tags: Mapping[str, str], network: Network) -> NewAlb | ExistingAlb:
    if gateway.existing:
        return ExistingAlb(gateway.existing.alb_id, gateway.existing.override_listeners)
    log = gateway.access_log
    return NewAlb(
        vswitch_ids=network.vswitch_ids,
        address_type=gateway.address_type,
        edition=gateway.edition,
        access_log=AccessLog(log.project, log.store) if log else None,
        tags=tags,
    )


def _https(gateway: Gateway) -> HttpsListener | None:
    https = gateway.https
    if https is None:
        return None
    return HttpsListener([https.certificate_id, *https.more_certificate_ids], https.security_policy_id)
