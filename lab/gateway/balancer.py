"""The ALB that Knative is told to use: config-network's key `albconfig` and that AlbConfig's listeners."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import Any

HTTP, HTTPS = (80, "HTTP"), (443, "HTTPS")
_STORE = re.compile(r"alb_[\w-]+")


@dataclass(frozen=True)
class Clients:
    """Who is let in by address: only those listed, or all but those listed."""

    listed: bool
    networks: Sequence[IPv4Network]


@dataclass(frozen=True)
class Listener:
    """Timeouts in seconds, with ALB's defaults.

    clients: None lets everyone in. certificate_ids: of HTTPS, the one for clients that name no host first.
    """

    request_timeout_seconds: int = 60
    idle_timeout_seconds: int = 15
    clients: Clients | None = None
    certificate_ids: Sequence[str] = ()


@dataclass(frozen=True)
class Balancer:
    """One of the listeners is there at least; dns_name is empty where the ALB is not described by an AlbConfig.

    log_store: of the log service, where the access log goes.
    """

    dns_name: str = ""
    http: Listener | None = Listener()
    https: Listener | None = None
    log_store: str | None = None

    @property
    def main(self) -> Listener:
        """The one whose request timeout holds for all routes."""
        return self.http or self.https or Listener()


class BalancerNotReadyError(Exception):
    """Why no KIngress can be Ready yet, and what to do."""


def balancer(config_network: Mapping[str, str], albconfigs: Iterable[Mapping[str, Any]]) -> Balancer:
    """Raises BalancerNotReadyError while the named AlbConfig is missing, has no ALB, or has no listener that can be."""
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
    return Balancer(_dns_name(albconfig), http, https, _log_store(albconfig))


def _listener(albconfig: Mapping[str, Any], place: tuple[int, str]) -> Listener | None:
    for listener in albconfig["spec"].get("listeners") or []:
        if (listener.get("port"), listener.get("protocol", "HTTP")) == place:
            return Listener(
                request_timeout_seconds=listener.get("requestTimeout", Listener.request_timeout_seconds),
                idle_timeout_seconds=listener.get("idleTimeout", Listener.idle_timeout_seconds),
                clients=_clients(albconfig["metadata"]["name"], listener.get("aclConfig") or {}),
                certificate_ids=_certificate_ids(listener),
            )
    return None


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


def _dns_name(albconfig: Mapping[str, Any]) -> str:
    load_balancer = (albconfig.get("status") or {}).get("loadBalancer") or {}
    if not load_balancer.get("dnsname"):
        raise BalancerNotReadyError(
            f"AlbConfig {albconfig['metadata']['name']!r} has no ALB yet: its events say what holds it up"
        )
    return str(load_balancer["dnsname"])
