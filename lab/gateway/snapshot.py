"""Everything Envoy should serve at one moment, as file contents."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lab.gateway import envoy
from lab.gateway.backends import Address, Backend, addresses, slices_by_service, speaks_http2
from lab.gateway.balancer import Balancer, Listener
from lab.gateway.certificates import Issuer, wildcards
from lab.gateway.routes import RouteTables

Json = dict[str, Any]
Manifest = Mapping[str, Any]


@dataclass(frozen=True)
class Listeners:
    """Ports Envoy listens on: for the world, plain and with TLS, and for the cluster itself."""

    external: int = 80
    internal: int = 8081
    secure: int = 443

    def by_name(self) -> Mapping[str, int]:
        return {envoy.EXTERNAL: self.external, envoy.SECURE: self.secure, envoy.INTERNAL: self.internal}


@dataclass(frozen=True)
class Snapshot:
    """assignments: endpoints by the file they go to; routes: route configuration by listener."""

    listeners: Sequence[Json]
    clusters: Sequence[Json]
    assignments: Mapping[Path, Json]
    routes: Mapping[str, Json]


class Builder:
    """Builds snapshots whose files live in a directory.

    logs: where access logs go that an AlbConfig asks for, a file for each store.
    """

    def __init__(self, directory: Path, listeners: Listeners, logs: Path | None = None):
        self._directory = directory
        self._listeners = listeners
        self._logs = logs or directory
        self._issuer = Issuer(directory)

    def build(
        self,
        tables: RouteTables,
        backends: Iterable[Backend],
        services: Iterable[Manifest],
        slices: Iterable[Manifest],
        alb: Balancer,
    ) -> Snapshot:
        """backends: those that get a cluster, at least those of the tables."""
        service_of = {_key(service): service for service in services}
        slices_of = slices_by_service(slices)
        internal = Address("127.0.0.1", self._listeners.internal)
        clusters, assignments = [], {}
        for backend in sorted(backends):
            key = (backend.namespace, backend.service)
            service = service_of.get(key)
            file = self._assignment_file(backend)
            found = addresses(backend, service, slices_of.get(key, ()), internal)
            assignments[file] = envoy.load_assignment(backend.name, found)
            http2 = speaks_http2(backend, service)
            clusters.append(envoy.cluster(backend.name, envoy.endpoints_from_file(file), http2))
        served = [(envoy.INTERNAL, tables.internal, alb.inside)]
        if alb.http:
            served.append((envoy.EXTERNAL, tables.external, alb.http))
        if alb.https:
            served.append((envoy.SECURE, tables.secure, alb.https))
        routes = {
            name: envoy.route_configuration(name, table, listener.request_timeout_seconds, alb.kind.unknown_host)
            for name, table, listener in served
        }
        return Snapshot(self._live_listeners(alb, tables), clusters, assignments, routes)

    def check_alone(self, tables: RouteTables) -> Json:
        """A configuration of nothing but these routes, to find out whether Envoy takes them."""
        routes = envoy.route_configuration(envoy.INTERNAL, tables.internal, request_timeout_seconds=1)
        listener = envoy.listener(
            envoy.INTERNAL, self._listeners.internal, {"route_config": routes}, Listener(idle_timeout_seconds=1), []
        )
        clusters = [
            envoy.cluster(backend.name, {"load_assignment": envoy.load_assignment(backend.name, ())}, http2=False)
            for backend in sorted(tables.backends)
        ]
        return envoy.standalone([listener], clusters)

    def _live_listeners(self, alb: Balancer, tables: RouteTables) -> list[Json]:
        """The cluster's own requests do not pass the ALB, nor its list of clients and its access log."""
        stores = [envoy.store_log(self._logs / f"{alb.log_store}.log", alb.id)] if alb.log_store else []
        built = [self._listener(envoy.INTERNAL, alb.inside)]
        if alb.http:
            built.append(self._listener(envoy.EXTERNAL, alb.http, stores))
        if alb.https:
            names = [envoy.VERSION_HOST, *wildcards(tables.secure)]
            files = self._issuer.issue(alb.https.certificate_ids, names)
            secure = self._listener(envoy.SECURE, alb.https, stores)
            certificates = [(str(one.certificate), str(one.key)) for one in files]
            built.append(envoy.with_tls(secure, certificates, alb.https.tls))
        return built

    def _listener(self, name: str, wanted: Listener, stores: Sequence[Json] = ()) -> Json:
        logs = [envoy.our_log(self._directory / "access.log"), *stores]
        routes = envoy.routes_from_file(name, self._directory)
        return envoy.listener(name, self._listeners.by_name()[name], routes, wanted, logs)

    def _assignment_file(self, backend: Backend) -> Path:
        return self._directory / "eds" / f"{backend.namespace}_{backend.service}_{backend.port}.json"


def _key(manifest: Manifest) -> tuple[str, str]:
    return manifest["metadata"]["namespace"], manifest["metadata"]["name"]
