"""The ALB that Knative is told to use: config-network's key `albconfig` and that AlbConfig's listener on port 80."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import Any

PORT = 80


@dataclass(frozen=True)
class Clients:
    """Who is let in by address: only those listed, or all but those listed."""

    listed: bool
    networks: Sequence[IPv4Network]


@dataclass(frozen=True)
class Balancer:
    """Timeouts in seconds, with ALB's defaults; dns_name is empty where the ALB is not described by an AlbConfig.

    clients: None lets everyone in.
    """

    request_timeout_seconds: int = 60
    idle_timeout_seconds: int = 15
    dns_name: str = ""
    clients: Clients | None = None


class BalancerNotReadyError(Exception):
    """Why no KIngress can be Ready yet, and what to do."""


def balancer(config_network: Mapping[str, str], albconfigs: Iterable[Mapping[str, Any]]) -> Balancer:
    """Raises BalancerNotReadyError while the named AlbConfig is missing, has no ALB, or has no listener on port 80."""
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
    listener = _listener(by_name[name])
    return Balancer(
        request_timeout_seconds=listener.get("requestTimeout", Balancer.request_timeout_seconds),
        idle_timeout_seconds=listener.get("idleTimeout", Balancer.idle_timeout_seconds),
        dns_name=_dns_name(by_name[name]),
        clients=_clients(name, listener.get("aclConfig") or {}),
    )


def _listener(albconfig: Mapping[str, Any]) -> Mapping[str, Any]:
    listeners: list[Mapping[str, Any]] = albconfig["spec"].get("listeners") or []
    for listener in listeners:
        if listener.get("port") == PORT:
            return listener
    ports = ", ".join(str(listener.get("port")) for listener in listeners) or "none"
    raise BalancerNotReadyError(
        f"AlbConfig {albconfig['metadata']['name']!r} does not listen on port {PORT} (it listens on: {ports}): "
        f"add a listener with port {PORT} and protocol HTTP"
    )


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
