"""A node is emptied before it goes: against an API server that remembers what it was asked."""

import json
from typing import Any

import httpx
import pytest

from lab.cluster import drain as draining
from lab.cluster.api import KubernetesApi
from lab.cluster.drain import drain

NODE = "cn-shanghai.10.200.0.7"
OTHER = {"key": "nvidia.com/gpu", "value": "true", "effect": "NoSchedule"}


class ApiServer:
    """One node with its pods, and another one.

    budget: pods that no eviction may take; stays: pods that take no notice of theirs.
    """

    def __init__(self) -> None:
        self.there = True
        self.ready = "True"
        self.spec: dict[str, Any] = {"taints": [OTHER]}
        self.other: dict[str, Any] = {}
        self.pods: dict[str, dict[str, Any]] = {}
        self.budget: set[str] = set()
        self.stays: set[str] = set()
        self.evictions: list[str] = []

    def respond(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/api/v1/pods":
            assert request.url.params["fieldSelector"] == f"spec.nodeName={NODE}"
            return httpx.Response(200, json={"items": list(self.pods.values())})
        if request.url.path == "/api/v1/nodes":
            return httpx.Response(200, json={"items": [self._node(NODE, self.spec), self._node("other", self.other)]})
        if request.method == "POST":
            return self._evict(request.url.path.split("/")[-2])
        assert request.url.path == f"/api/v1/nodes/{NODE}"
        if not self.there:
            return httpx.Response(404, json={"message": "not found"})
        if request.method == "PATCH":
            self.spec |= json.loads(request.content)["spec"]
        return httpx.Response(200, json=self._node(NODE, self.spec))

    def _node(self, name: str, spec: dict[str, Any]) -> dict[str, Any]:
        status = {"conditions": [{"type": "Ready", "status": self.ready}]}
        return {"metadata": {"name": name, "resourceVersion": "5"}, "spec": spec, "status": status}

    def _evict(self, pod: str) -> httpx.Response:
        self.evictions.append(pod)
        if pod in self.budget:
            return httpx.Response(429, json={"message": "Cannot evict pod as it would violate the budget."})
        if pod not in self.stays:
            del self.pods[pod]
        return httpx.Response(201, json={})

    def holds(self, name: str, owner: str = "ReplicaSet", phase: str = "Running", **annotations: str) -> None:
        metadata = {"namespace": "sd", "name": name, "uid": name, "annotations": annotations}
        self.pods[name] = {"metadata": {**metadata, "ownerReferences": [{"kind": owner}]}, "status": {"phase": phase}}


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> ApiServer:
    monkeypatch.setattr(draining, "LOOK_SECONDS", 0)
    return ApiServer()


@pytest.fixture
def api(server: ApiServer) -> KubernetesApi:
    return KubernetesApi(httpx.Client(transport=httpx.MockTransport(server.respond), base_url="https://api"))


def test_a_node_is_cordoned_and_its_pods_leave(server: ApiServer, api: KubernetesApi) -> None:
    server.holds("a")
    server.holds("b")

    assert drain(api, NODE, 5) == []

    assert server.spec["unschedulable"] is True
    assert server.evictions == ["a", "b"]


def test_pods_that_belong_to_the_node_and_those_that_have_ended_are_left(server: ApiServer, api: KubernetesApi) -> None:
    server.holds("proxy", owner="DaemonSet")
    server.holds("static", owner="Node", **{"kubernetes.io/config.mirror": "x"})
    server.holds("job", phase="Succeeded")

    assert drain(api, NODE, 5) == []

    assert server.evictions == []


def test_a_pod_that_a_budget_needs_is_asked_again_until_time_is_up(server: ApiServer, api: KubernetesApi) -> None:
    server.holds("kept")
    server.budget = {"kept"}

    assert drain(api, NODE, 0.05) == ["sd/kept"]

    assert len(server.evictions) > 1


def test_a_pod_that_takes_its_time_is_waited_for_and_not_asked_again(server: ApiServer, api: KubernetesApi) -> None:
    server.holds("slow")
    server.stays = {"slow"}

    assert drain(api, NODE, 0.05) == ["sd/slow"]

    assert server.evictions == ["slow"]


@pytest.mark.parametrize("other", [{"unschedulable": True}, {"taints": [{"key": "virtual"}]}])
def test_nobody_waits_for_pods_that_have_nowhere_to_go(
    server: ApiServer, api: KubernetesApi, other: dict[str, Any]
) -> None:
    server.holds("slow")
    server.stays, server.other = {"slow"}, other

    assert drain(api, NODE, 3600) == ["sd/slow"]

    assert server.evictions == ["slow"]


@pytest.mark.parametrize(("there", "ready"), [(False, "True"), (True, "False"), (True, "Unknown")])
def test_a_node_that_is_gone_or_not_ready_is_left_alone(
    server: ApiServer, api: KubernetesApi, there: bool, ready: str
) -> None:
    server.there, server.ready = there, ready
    server.holds("a")

    assert drain(api, NODE, 5) == []

    assert (server.evictions, "unschedulable" in server.spec) == ([], False)
