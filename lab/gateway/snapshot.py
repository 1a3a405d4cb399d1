"""Everything Envoy should serve at one moment, as file contents."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lab.gateway import envoy
from lab.gateway.backends import Address, Backend, addresses, slices_by_service, speaks_http2
from lab.gateway.balancer import Clients
from lab.gateway.routes import RouteTables

Json = dict[str, Any]
Manifest = Mapping[str, Any]


@dataclass(frozen=True)
class Listeners:
    """Ports Envoy listens on: for the world, and for the cluster itself."""

    external: int = 80
    internal: int = 8081

    def by_name(self) -> Mapping[str, int]:
        return {envoy.EXTERNAL: self.external, envoy.INTERNAL: self.internal}


@dataclass(frozen=True)
class Snapshot:
    """assignments: endpoints by the file they go to; routes: route configuration by listener."""

    listeners: Sequence[Json]
    clusters: Sequence[Json]
    assignments: Mapping[Path, Json]
    routes: Mapping[str, Json]


class Builder:
    """Builds snapshots whose files live in a directory."""

    def __init__(self, directory: Path, listeners: Listeners):
        self._directory = directory
        self._listeners = listeners

    def build(
        self,
        tables: RouteTables,
        backends: Iterable[Backend],
        services: Iterable[Manifest],
        slices: Iterable[Manifest],
        idle_timeout_seconds: int,
        clients: Clients | None = None,
    ) -> Snapshot:
        """backends: those that get a cluster, at least those of the tables; clients: None lets everyone in."""
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
        return Snapshot(
            self._live_listeners(idle_timeout_seconds, clients),
            clusters,
            assignments,
            {
                envoy.EXTERNAL: envoy.route_configuration(envoy.EXTERNAL, tables.external),
                envoy.INTERNAL: envoy.route_configuration(envoy.INTERNAL, tables.internal),
            },
        )

    def check_alone(self, tables: RouteTables) -> Json:
        """A configuration of nothing but these routes, to find out whether Envoy takes them."""
        routes = envoy.route_configuration(envoy.INTERNAL, tables.internal)
        listener = envoy.listener(
            envoy.INTERNAL, self._listeners.internal, {"route_config": routes}, self._directory, idle_timeout_seconds=1
        )
        clusters = [
            envoy.cluster(backend.name, {"load_assignment": envoy.load_assignment(backend.name, ())}, http2=False)
            for backend in sorted(tables.backends)
        ]
        return envoy.standalone([listener], clusters)

    def _live_listeners(self, idle_timeout_seconds: int, clients: Clients | None) -> list[Json]:
        """The cluster's own requests do not pass the ALB, nor its list of clients."""
        return [
            envoy.listener(
                name,
                port,
                envoy.routes_from_file(name, self._directory),
                self._directory,
                idle_timeout_seconds,
                clients if name == envoy.EXTERNAL else None,
            )
            for name, port in self._listeners.by_name().items()
        ]

    def _assignment_file(self, backend: Backend) -> Path:
        return self._directory / "eds" / f"{backend.namespace}_{backend.service}_{backend.port}.json"


def _key(manifest: Manifest) -> tuple[str, str]:
    return manifest["metadata"]["namespace"], manifest["metadata"]["name"]
