"""What Knative is told to use by config-network: an ALB, by the listeners of its AlbConfig, or Kourier."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import Any

from lab.gateway.kinds import ALB, KOURIER, Kind, kind_of
from lab.gateway.tls import DEFAULT, TlsPolicy, tls_policy

HTTP, HTTPS = (80, "HTTP"), (443, "HTTPS")
_STORE = re.compile(r"alb_[\w-]+")


@dataclass(frozen=True)
class Clients:
    """Who is let in by address: only those listed, or all but those listed."""

    listed: bool
    networks: Sequence[IPv4Network]


@dataclass(frozen=True)
class Listener:
    """Timeouts in seconds, with ALB's defaults; a request timeout of 0 is none.

    clients: None lets everyone in. certificate_ids: of HTTPS, the one for clients that name no host first.
    tls: of HTTPS.
    """

    request_timeout_seconds: int = 60
    idle_timeout_seconds: int = 15
    clients: Clients | None = None
    certificate_ids: Sequence[str] = ()
    tls: TlsPolicy = DEFAULT
    silence_seconds: int = ALB.silence_seconds
    server: str = ALB.server


@dataclass(frozen=True)
class Balancer:
    """One of the listeners is there as a rule; dns_name and id are empty where no AlbConfig describes the ALB.

    log_store: of the log service, where the access log goes.
    """

    dns_name: str = ""
    id: str = ""
    http: Listener | None = Listener()
    https: Listener | None = None
    log_store: str | None = None
    kind: Kind = ALB

    @property
    def longest_seconds(self) -> int:
        """How long a request may still be running on a backend that no route leads to any more."""
        return self.inside.request_timeout_seconds or _NO_TIMEOUT_SECONDS

    @property
    def inside(self) -> Listener:
        """For the cluster's own requests, which do not pass the ALB: as patient as its most patient listener. They do
        pass Kourier, and are treated as any other."""
        if self.kind is KOURIER and self.http:
            return self.http
        there = [one for one in (self.http, self.https) if one] or [Listener()]
        return Listener(
            request_timeout_seconds=max(one.request_timeout_seconds for one in there),
            idle_timeout_seconds=max(one.idle_timeout_seconds for one in there),
        )


# Kourier waits as long as a pod does, and Knative gives a request 600 s at most.
_NO_TIMEOUT_SECONDS = 600
# An hour without a request is Envoy's own default, which Kourier leaves as it is.
KOURIER_BALANCER = Balancer(
    http=Listener(
        request_timeout_seconds=0,
        idle_timeout_seconds=3600,
        silence_seconds=KOURIER.silence_seconds,
        server=KOURIER.server,
    ),
    kind=KOURIER,
)
# Knative asks for it and it is not in the cluster: nothing listens for the world.
NO_KOURIER = Balancer(http=None, kind=KOURIER)


class BalancerNotReadyError(Exception):
    """Why no KIngress can be Ready yet, and what to do."""


def balancer(config_network: Mapping[str, str], albconfigs: Iterable[Mapping[str, Any]]) -> Balancer:
    """Raises BalancerNotReadyError while the named AlbConfig is missing, has no ALB, or has no listener that can be."""
    if kind_of(config_network) is KOURIER:
        return KOURIER_BALANCER
    name = config_network.get("albconfig")
    if name is None:
        return Balancer()
    by_name = {each["metadata"]["name"]: each for each in albconfigs}
    if name not in by_name:
        known = ", ".join(sorted(by_name)) or "none"
        raise BalancerNotReadyError(
            f"config-network names AlbConfig {name!r}, which does not exist (there are: {known}): "
            "create it, or correct the key albconfig"
        )
    albconfig = by_name[name]
    http, https = _listener(albconfig, HTTP), _listener(albconfig, HTTPS)
    if not (http or https):
        raise BalancerNotReadyError(
            f"AlbConfig {name!r} does not listen on port 80 with HTTP, nor on 443 with HTTPS "
            f"(it listens on: {_ports(albconfig)}): add such a listener"
        )
    if https and not https.certificate_ids:
        raise BalancerNotReadyError(f"AlbConfig {name!r} listens on port 443 without a certificate: add certificates")
    load_balancer = _load_balancer(albconfig)
    return Balancer(
        dns_name=str(load_balancer["dnsname"]),
        id=str(load_balancer.get("id", "")),
        http=http,
        https=https,
        log_store=_log_store(albconfig),
    )


def _listener(albconfig: Mapping[str, Any], place: tuple[int, str]) -> Listener | None:
    for listener in albconfig["spec"].get("listeners") or []:
        if (listener.get("port"), listener.get("protocol", "HTTP")) == place:
            return Listener(
                request_timeout_seconds=listener.get("requestTimeout", Listener.request_timeout_seconds),
                idle_timeout_seconds=listener.get("idleTimeout", Listener.idle_timeout_seconds),
                clients=_clients(albconfig["metadata"]["name"], listener.get("aclConfig") or {}),
                certificate_ids=_certificate_ids(listener),
                tls=_tls(albconfig["metadata"]["name"], listener.get("securityPolicyId")),
            )
    return None


def _tls(albconfig: str, policy: str | None) -> TlsPolicy:
    try:
        return tls_policy(policy) if policy else DEFAULT
    except ValueError as error:
        raise BalancerNotReadyError(f"AlbConfig {albconfig!r}: {error}; correct securityPolicyId") from error


def _ports(albconfig: Mapping[str, Any]) -> str:
    listeners = albconfig["spec"].get("listeners") or []
    return ", ".join(f"{one.get('port')} with {one.get('protocol', 'HTTP')}" for one in listeners) or "none"


def _certificate_ids(listener: Mapping[str, Any]) -> tuple[str, ...]:
    """ACK's controller reads these two keys with a capital alone."""
    known = [one for one in listener.get("certificates") or [] if one.get("CertificateId")]
    return tuple(one["CertificateId"] for one in sorted(known, key=lambda one: not one.get("IsDefault")))


def _log_store(albconfig: Mapping[str, Any]) -> str | None:
    """ACK's webhook refuses a store of another name."""
    log = (albconfig["spec"].get("config") or {}).get("accessLogConfig") or {}
    store = str(log.get("logStore", ""))
    return store if log.get("logProject") and _STORE.fullmatch(store) else None


def _clients(albconfig: str, acl: Mapping[str, Any]) -> Clients | None:
    """ACK's controller takes a list of another type for no list."""
    if acl.get("aclType") not in ("White", "Black"):
        return None
    try:
        networks = [IPv4Network(entry) for entry in acl.get("aclEntries") or []]
    except ValueError as error:
        raise BalancerNotReadyError(
            f"AlbConfig {albconfig!r} lists a client that is no IPv4 network: {error}; correct aclConfig.aclEntries"
        ) from error
    return Clients(acl["aclType"] == "White", networks)


def _load_balancer(albconfig: Mapping[str, Any]) -> Mapping[str, Any]:
    load_balancer: Mapping[str, Any] = (albconfig.get("status") or {}).get("loadBalancer") or {}
    if not load_balancer.get("dnsname"):
        raise BalancerNotReadyError(
            f"AlbConfig {albconfig['metadata']['name']!r} has no ALB yet: its events say what holds it up"
        )
    return load_balancer
