"""The cluster's DNS server: Services of the API server, and no name outside the cluster.

`python -m lab.cluster.dns --pki DIR --server URL` answers on the control plane's address, port 53, UDP and TCP.
"""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer
from dnslib import CNAME, QTYPE, RCODE, RR, A, DNSRecord
from dnslib.server import BaseResolver, DNSLogger, DNSServer

from lab.cluster.addresses import CLUSTER_DOMAIN, CONTROL_PLANE
from lab.cluster.api import KubernetesApi

SUFFIX = f".svc.{CLUSTER_DOMAIN}"
# Short, as CoreDNS has it for Services: an address that changed must not be used for long.
TTL_SECONDS = 5
REMEMBER_SECONDS = 1.0
LONGEST_CHAIN = 8

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Service:
    """What a Service's name stands for: addresses, or another name."""

    addresses: tuple[str, ...] = ()
    alias: str | None = None


Find = Callable[[str, str], Service | None]


def answer(request: DNSRecord, find: Find) -> DNSRecord:
    """The reply to a question; `find` gives the Service of a namespace and name, and may raise RuntimeError."""
    reply = request.reply()
    name = str(request.q.qname).rstrip(".").lower()
    try:
        known = _resolve(reply, name, request.q.qtype, find)
    except RuntimeError as error:
        log.warning("%s: %s", name, error)
        reply.header.rcode = RCODE.SERVFAIL
        return reply
    if not known:
        reply.header.rcode = RCODE.NXDOMAIN
    return reply


def _resolve(reply: DNSRecord, name: str, qtype: int, find: Find) -> bool:
    """Add the records that lead from a name to its addresses; whether the name exists."""
    for depth in range(LONGEST_CHAIN):
        service = _service(name, find)
        if service is None:
            # An ExternalName may well point out of the cluster: then its alias is the whole answer.
            return depth > 0
        if service.alias is None:
            if qtype in (QTYPE.A, QTYPE.ANY):
                for address in service.addresses:
                    reply.add_answer(RR(name, QTYPE.A, rdata=A(address), ttl=TTL_SECONDS))
            return True
        reply.add_answer(RR(name, QTYPE.CNAME, rdata=CNAME(service.alias), ttl=TTL_SECONDS))
        name = service.alias
    raise RuntimeError(f"more than {LONGEST_CHAIN} aliases in a row")


def _service(name: str, find: Find) -> Service | None:
    labels = name.removesuffix(SUFFIX).split(".")
    if not name.endswith(SUFFIX) or len(labels) != 2:
        return None
    service, namespace = labels
    return find(namespace, service)


class Services:
    """Looks Services up at the API server, and remembers them for a moment."""

    def __init__(self, api: KubernetesApi):
        self._api = api
        self._known: dict[tuple[str, str], tuple[float, Service | None]] = {}
        self._lock = threading.Lock()

    def find(self, namespace: str, name: str) -> Service | None:
        key, now = (namespace, name), time.monotonic()
        with self._lock:
            asked, service = self._known.get(key, (0.0, None))
        if now - asked > REMEMBER_SECONDS:
            service = self._ask(namespace, name)
            with self._lock:
                self._known[key] = (now, service)
        return service

    def _ask(self, namespace: str, name: str) -> Service | None:
        found = self._api.get(f"/api/v1/namespaces/{namespace}/services/{name}")
        if found is None:
            return None
        spec = found["spec"]
        if spec["type"] == "ExternalName":
            return Service(alias=spec["externalName"].rstrip("."))
        if spec.get("clusterIP") == "None":
            selector = f"labelSelector=kubernetes.io/service-name%3D{name}"
            slices = self._api.items(f"/apis/discovery.k8s.io/v1/namespaces/{namespace}/endpointslices?{selector}")
            return Service(tuple(address for s in slices for address in ready_addresses(s)))
        return Service((spec["clusterIP"],))


def ready_addresses(endpoint_slice: Any) -> list[str]:
    """Addresses of an EndpointSlice; an endpoint that does not say otherwise is ready."""
    endpoints = endpoint_slice.get("endpoints") or []
    return [a for e in endpoints if e.get("conditions", {}).get("ready", True) for a in e["addresses"]]


class _Resolver(BaseResolver):  # type: ignore[misc]  # dnslib has no type stubs
    def __init__(self, find: Find):
        self._find = find

    def resolve(self, request: DNSRecord, handler: object) -> DNSRecord:
        return answer(request, self._find)


def serve(pki: Path, server: str, address: str = CONTROL_PLANE, port: int = 53) -> None:
    """Answer until the process is stopped."""
    resolver = _Resolver(Services(KubernetesApi.connect(server, pki, "dns")).find)
    quiet = DNSLogger("-request,-reply,-truncated,+error")
    servers = [DNSServer(resolver, address=address, port=port, tcp=tcp, logger=quiet) for tcp in (False, True)]
    servers[0].start_thread()
    servers[1].start()


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING)
    typer.run(serve)
