"""The Services of the cluster that lead to the gateway, which is no pod: their endpoints are written by hand."""

from collections.abc import Iterable, Mapping
from typing import Any

from kubernetes import client

from lab.gateway.kinds import Entrance, Kind

Manifest = Mapping[str, Any]

_FIELD_MANAGER = "alb-gateway"
_APPLY: Mapping[str, Any] = {
    "field_manager": _FIELD_MANAGER,
    "force": True,
    "_content_type": "application/apply-patch+yaml",
}
# As a cloud's load balancer would get one; an address of documentation, where nothing answers.
_LOAD_BALANCER_IP = "203.0.113.9"


class Entrances:
    """address: where pods reach this machine, at the ports of the two listeners."""

    def __init__(self, api: client.ApiClient, address: str, internal_port: int, external_port: int):
        self._core = client.CoreV1Api(api)
        self._discovery = client.DiscoveryV1Api(api)
        self._address = address
        self._internal_port = internal_port
        self._external_port = external_port
        self._opened: set[Entrance] = set()

    def open(self, kind: Kind, services: Iterable[Manifest]) -> None:
        """Those of one kind, once each; one that an addon brings waits for it."""
        there = {(one["metadata"]["namespace"], one["metadata"]["name"]) for one in services}
        for entrance in kind.entrances:
            if entrance not in self._opened and (entrance.owned or (entrance.namespace, entrance.name) in there):
                self._open(entrance)
                self._opened.add(entrance)

    def _open(self, entrance: Entrance) -> None:
        port = self._external_port if entrance.external else self._internal_port
        name, namespace = entrance.name, entrance.namespace
        if entrance.owned:
            self._core.patch_namespaced_service(name, namespace, owned_service(entrance, port), **_APPLY)
        body = endpoint_slice(entrance, self._address, port)
        self._discovery.patch_namespaced_endpoint_slice(name, namespace, body, **_APPLY)
        if entrance.external:
            self._core.patch_namespaced_service_status(name, namespace, LOAD_BALANCER)


# Proxy: pods that ask for the address are not led past the load balancer.
LOAD_BALANCER: dict[str, Any] = {
    "status": {"loadBalancer": {"ingress": [{"ip": _LOAD_BALANCER_IP, "ipMode": "Proxy"}]}}
}


def owned_service(entrance: Entrance, port: int) -> dict[str, Any]:
    """Without a selector: its endpoints are those of endpoint_slice."""
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": entrance.name, "namespace": entrance.namespace},
        "spec": {"ports": [{"name": entrance.port_name, "port": 80, "protocol": "TCP", "targetPort": port}]},
    }


def endpoint_slice(entrance: Entrance, address: str, port: int) -> dict[str, Any]:
    """address: of the gateway."""
    labels = {"kubernetes.io/service-name": entrance.name}
    return {
        "apiVersion": "discovery.k8s.io/v1",
        "kind": "EndpointSlice",
        "metadata": {"name": entrance.name, "namespace": entrance.namespace, "labels": labels},
        "addressType": "IPv4",
        "endpoints": [{"addresses": [address], "conditions": {"ready": True}}],
        "ports": [{"name": entrance.port_name, "port": port, "protocol": "TCP"}],
    }
