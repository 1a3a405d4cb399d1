"""Manifests as the API server would return them, with only what a test cares about said."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest

Json = dict[str, Any]


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
