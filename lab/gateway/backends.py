"""Service and EndpointSlices → the addresses a backend of a KIngress is reached at."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from lab.gateway.kinds import DOMAINS

Manifest = Mapping[str, Any]


class Address(NamedTuple):
    host: str
    port: int


@dataclass(frozen=True, order=True)
class Backend:
    """A port of a Service, by number or by name."""

    namespace: str
    service: str
    port: str

    @property
    def name(self) -> str:
        return f"{self.namespace}/{self.service}:{self.port}"


def addresses(
    backend: Backend, service: Manifest | None, slices: Iterable[Manifest], internal_listener: Address
) -> list[Address]:
    """Where to send a backend's requests, sorted; empty while there is no Service or no ready endpoint.

    A Service that is an alias of the gateway itself (DomainMapping; Knative's placeholders) leads to the internal
    listener.
    """
    if service is None:
        return []
    if _is_external_name(service):
        return [internal_listener] if service["spec"]["externalName"] in DOMAINS else []
    port = _service_port(service, backend.port)
    if port is None:
        return []
    found = {
        Address(host, number)
        for endpoint_slice in slices
        for number in _port_numbers(endpoint_slice, port.get("name"))
        for host in _ready_hosts(endpoint_slice)
    }
    return sorted(found)


def speaks_http2(backend: Backend, service: Manifest | None) -> bool:
    """Cleartext HTTP/2 (gRPC) by Knative's port names or by appProtocol."""
    if service is None or _is_external_name(service):
        return False
    port = _service_port(service, backend.port) or {}
    return port.get("appProtocol") == "kubernetes.io/h2c" or port.get("name", "").startswith(("h2c", "http2"))


def slices_by_service(slices: Iterable[Manifest]) -> dict[tuple[str, str], list[Manifest]]:
    """(namespace, Service) → its EndpointSlices."""
    grouped: dict[tuple[str, str], list[Manifest]] = {}
    for endpoint_slice in slices:
        metadata = endpoint_slice["metadata"]
        service = (metadata.get("labels") or {}).get("kubernetes.io/service-name")
        if service:
            grouped.setdefault((metadata["namespace"], service), []).append(endpoint_slice)
    return grouped


def _is_external_name(service: Manifest) -> bool:
    return bool(service["spec"].get("type") == "ExternalName")


def _service_port(service: Manifest, wanted: str) -> Manifest | None:
    ports: list[Manifest] = service["spec"].get("ports") or []
    return next((port for port in ports if wanted in (str(port["port"]), port.get("name"))), None)


def _port_numbers(endpoint_slice: Manifest, name: str | None) -> Iterable[int]:
    """A slice names its ports as the Service does; a Service's only port may have no name."""
    return (port["port"] for port in endpoint_slice.get("ports") or [] if (port.get("name") or None) == (name or None))


def _ready_hosts(endpoint_slice: Manifest) -> Iterable[str]:
    for endpoint in endpoint_slice.get("endpoints") or []:
        # An absent condition means ready (discovery.k8s.io/v1).
        if (endpoint.get("conditions") or {}).get("ready", True) is not False:
            yield from endpoint["addresses"]
