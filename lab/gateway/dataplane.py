"""An Envoy that is fed through files: publish a snapshot, know whether it is served."""

import json
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from lab.files import write_whole
from lab.gateway import envoy
from lab.gateway.admin import Admin
from lab.gateway.snapshot import Listeners, Snapshot

_DELIVERY_SECONDS = 10.0
_POLL_SECONDS = 0.02


class RejectedError(RuntimeError):
    """Envoy keeps serving what it had."""


class DataPlane:
    """Envoy, which somebody else keeps running with command(), and its files in `directory`.

    Files are replaced by rename, in the order clusters before the routes that name them.
    """

    def __init__(self, binary: Path, directory: Path, listeners: Listeners):
        self._binary = binary
        self._directory = directory
        self._ports = listeners.by_name()
        self._listening: set[str] = set()
        self._admin = Admin(directory / "admin.sock")

    def prepare(self, first: Snapshot) -> None:
        """Writes what an Envoy starts with, unless an earlier one has left what it served: that is served again."""
        if (self._directory / "lds.json").exists():
            return
        self._write(self._directory / "bootstrap.json", envoy.bootstrap(self._directory))
        self._write_clusters(first)
        for name, configuration in first.routes.items():
            self._write_routes(name, configuration)
        self._write_listeners(first)

    def command(self) -> Sequence[str]:
        """To run Envoy with."""
        # One worker: then the version it serves is the version that is served.
        flags = ["--concurrency", "1", "--disable-hot-restart", "-l", "warning", "--file-flush-interval-msec", "500"]
        return [str(self._binary), "-c", str(self._directory / "bootstrap.json"), *flags]

    def close(self) -> None:
        self._admin.close()

    def publish(self, snapshot: Snapshot) -> None:
        """Returns once every listener serves the snapshot; raises RejectedError."""
        for file, assignment in snapshot.assignments.items():
            self._write(file, envoy.discovery_response("endpoint.v3.ClusterLoadAssignment", [assignment]))
        self._deliver("cluster_manager.cds", lambda: self._write_clusters(snapshot))
        for name in snapshot.routes.keys() - self._listening:
            # Before its listener: what the file of one that was there once says is out of date.
            self._write_routes(name, snapshot.routes[name])
        self._deliver("listener_manager.lds", lambda: self._write_listeners(snapshot))
        self._listening = set(snapshot.routes)
        for name, configuration in snapshot.routes.items():
            self._deliver_routes(name, configuration)
        self._remove_assignments_except(set(snapshot.assignments))

    def refusal(self, configuration: dict[str, Any]) -> str | None:
        """What Envoy has against a configuration of its own; None if it would take it."""
        file = self._directory / "candidate.json"
        self._write(file, configuration)
        check = [str(self._binary), "--mode", "validate", "-c", str(file), "-l", "critical", "--log-format", "%v"]
        result = subprocess.run(check, capture_output=True, text=True, check=False)
        if result.returncode == 0:
            return None
        return result.stderr.strip().removeprefix(f"error initializing configuration '{file}': ")

    def _deliver(self, subscription: str, write: Callable[[], str]) -> None:
        def is_served(version: str) -> bool:
            return self._admin.text(f"{subscription}.version_text") == version and not self._admin.count(
                "cluster_manager.warming_clusters"
            )

        self._await_delivery(subscription, write, is_served)

    def _deliver_routes(self, name: str, configuration: dict[str, Any]) -> None:
        scheme = "https" if name == envoy.SECURE else "http"
        self._await_delivery(
            f"http.{name}.rds.{name}",
            lambda: self._write_routes(name, configuration),
            lambda version: self._admin.served_version(self._ports[name], scheme) == version,
        )

    def _await_delivery(self, subscription: str, write: Callable[[], str], is_served: Callable[[str], bool]) -> None:
        counter = f"{subscription}.update_rejected"
        # There is none yet for the routes of a listener that is only just coming up.
        rejected_before = self._admin.count(counter) or 0
        version = write()
        end = time.monotonic() + _DELIVERY_SECONDS
        while not is_served(version):
            if (self._admin.count(counter) or 0) > rejected_before:
                raise RejectedError(f"Envoy refused its new configuration ({subscription})")
            if time.monotonic() > end:
                raise RejectedError(
                    f"Envoy did not take its new configuration ({subscription}) in {_DELIVERY_SECONDS} s"
                )
            time.sleep(_POLL_SECONDS)

    def _write_clusters(self, snapshot: Snapshot) -> str:
        return self._write_discovery("cds", "cluster.v3.Cluster", snapshot.clusters)

    def _write_listeners(self, snapshot: Snapshot) -> str:
        return self._write_discovery("lds", "listener.v3.Listener", snapshot.listeners)

    def _write_routes(self, name: str, configuration: dict[str, Any]) -> str:
        self._write_discovery(f"rds-{name}", "route.v3.RouteConfiguration", [configuration])
        return envoy.served_version(configuration)

    def _write_discovery(self, name: str, kind: str, resources: Any) -> str:
        response = envoy.discovery_response(kind, resources)
        self._write(self._directory / f"{name}.json", response)
        return str(response["version_info"])

    @staticmethod
    def _write(file: Path, content: dict[str, Any]) -> None:
        text = json.dumps(content, sort_keys=True)
        if file.exists() and file.read_text() == text:
            return
        file.parent.mkdir(parents=True, exist_ok=True)
        write_whole(file, text)

    def _remove_assignments_except(self, kept: set[Path]) -> None:
        for file in (self._directory / "eds").glob("*.json"):
            if file not in kept:
                file.unlink()
