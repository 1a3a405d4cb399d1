import json
import sys
from typing import Any

import httpx
import pytest

from lab.cluster import cgroups, containerd, namespace, node, teardown
from lab.cluster.api import KubernetesApi
from lab.cluster.node import Nodes
from lab.cluster.places import NodePlaces, Places
from lab.cluster.processes import Daemons
from lab.hands import NodeSpec

NAME = "cn-shanghai.10.200.0.7"
READY = {"conditions": [{"type": "Ready", "status": "True"}], "allocatable": {"cpu": "2"}}


class ApiServer:
    """Holds one node and its pods, and records what is changed and deleted."""

    def __init__(self) -> None:
        self.status: dict[str, Any] | None = None
        self.pods: list[dict[str, Any]] = []
        self.patched: list[dict[str, Any]] = []
        self.deleted: list[str] = []

    def respond(self, request: httpx.Request) -> httpx.Response:
        if request.method == "DELETE":
            self.deleted.append(request.url.raw_path.decode())
            return httpx.Response(200, json={})
        if request.method == "PATCH":
            self.patched.append(json.loads(request.content)["status"])
            assert self.status is not None
            self.status["allocatable"].update(self.patched[-1]["allocatable"])
            return httpx.Response(200, json={})
        if request.url.path == "/api/v1/pods":
            return httpx.Response(200, json={"items": self.pods})
        return httpx.Response(404) if self.status is None else httpx.Response(200, json={"status": self.status})


@pytest.fixture
def server() -> ApiServer:
    return ApiServer()


@pytest.fixture
def nodes(places: Places, daemons: Daemons, server: ApiServer, monkeypatch: pytest.MonkeyPatch) -> Nodes:
    """Nodes whose machine does nothing: the API server alone decides."""
    monkeypatch.setattr(teardown, "kill_node", lambda *_: None)
    client = httpx.Client(transport=httpx.MockTransport(server.respond), base_url="https://api")
    return Nodes(places, places.cluster / "kube", daemons, KubernetesApi(client))


def boots(monkeypatch: pytest.MonkeyPatch, server: ApiServer, status: dict[str, Any] | None) -> None:
    def boot(self: Nodes, node: NodePlaces, spec: NodeSpec, store: object) -> None:
        server.status = status
        if status is None:
            raise RuntimeError("kubelet stopped")
        while not self.ready(spec):
            pass

    monkeypatch.setattr(Nodes, "_boot", boot)


def test_gpus_are_advertised_once_the_node_is_ready(
    nodes: Nodes, server: ApiServer, places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    boots(monkeypatch, server, json.loads(json.dumps(READY)))

    nodes.start(NodeSpec(NAME, gpus=4), places.images)

    assert server.patched == [{"capacity": {"nvidia.com/gpu": "4"}, "allocatable": {"nvidia.com/gpu": "4"}}]


def test_a_node_without_gpus_advertises_none(
    nodes: Nodes, server: ApiServer, places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    boots(monkeypatch, server, json.loads(json.dumps(READY)))

    nodes.start(NodeSpec(NAME), places.images)

    assert server.patched == []


def test_a_node_that_does_not_boot_is_removed_and_its_number_is_free_again(
    nodes: Nodes, server: ApiServer, places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    boots(monkeypatch, server, None)

    for _ in range(2):
        with pytest.raises(RuntimeError, match="kubelet stopped"):
            nodes.start(NodeSpec(NAME), places.images)

    assert not places.node(7).var.exists()


def test_a_number_that_is_taken_is_refused_and_the_node_that_has_it_stays(nodes: Nodes, places: Places) -> None:
    places.node(7).var.mkdir(parents=True)

    with pytest.raises(RuntimeError, match="number 7 is taken"):
        nodes.start(NodeSpec("another.7"), places.images)
    assert places.node(7).var.exists()


def test_a_removed_node_takes_its_pods_along(nodes: Nodes, server: ApiServer) -> None:
    server.pods = [{"metadata": {"namespace": "default", "name": "sd-1"}}]

    nodes.stop(NAME)

    assert server.deleted == [
        f"/api/v1/nodes/{NAME}",
        "/api/v1/namespaces/default/pods/sd-1?gracePeriodSeconds=0",
    ]


def test_a_node_goes_even_if_it_cannot_be_drained(
    nodes: Nodes, server: ApiServer, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> list[str]:
        raise RuntimeError("no answer")

    monkeypatch.setattr(node, "drain", fail)

    nodes.stop(NAME, drain_seconds=5)

    assert server.deleted == [f"/api/v1/nodes/{NAME}"]
    assert f"node {NAME} goes without being drained: no answer" in caplog.text


def test_a_node_is_removed_from_the_machine_even_if_the_api_server_is_away(
    places: Places, daemons: Daemons, nodes: Nodes
) -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    client = httpx.Client(transport=httpx.MockTransport(refuse), base_url="https://api")
    places.node(7).var.mkdir(parents=True)

    with pytest.raises(RuntimeError, match="refused"):
        Nodes(places, nodes.kube, daemons, KubernetesApi(client)).stop(NAME)
    assert not places.node(7).var.exists()


KUBELET = """
import pathlib, signal, sys
tries = pathlib.Path(sys.argv[1])
tries.write_text(tries.read_text() + "x" if tries.exists() else "x")
sys.exit("address already in use") if len(tries.read_text()) < int(sys.argv[2]) else signal.pause()
"""


@pytest.mark.parametrize(("succeeds", "boots"), [(1, True), (3, True), (4, False)])
def test_a_kubelet_that_finds_the_common_name_taken_is_started_again(
    places: Places, daemons: Daemons, nodes: Nodes, monkeypatch: pytest.MonkeyPatch, succeeds: int, boots: bool
) -> None:
    tries = places.layout.var / "tries"
    for module, name in ((namespace, "add_address"), (cgroups, "create"), (node, "write_configuration")):
        monkeypatch.setattr(module, name, lambda *_: None)
    monkeypatch.setattr(containerd, "start", lambda *_: start(daemons, "containerd-7", 1))
    monkeypatch.setattr(Nodes, "ready", lambda *_: tries.exists() and len(tries.read_text()) == succeeds)

    def start(daemons: Daemons, name: str, succeeds: int) -> None:
        file = tries if "kubelet" in name else tries.with_name("other")
        Daemons.start(daemons, name, [sys.executable, "-c", KUBELET, str(file), str(succeeds)], inside=False)

    def start_kubelet(self: Daemons, name: str, argv: object, node: int) -> None:
        start(self, name, succeeds)

    daemons_of_node = type("Daemons", (Daemons,), {"start": start_kubelet})(places.layout)
    tried = Nodes(places, nodes.kube, daemons_of_node, nodes.api)
    places.layout.var.mkdir()
    if boots:
        tried.start(NodeSpec(NAME, {}), places.images)
        assert daemons.alive("kubelet-7")
    else:
        with pytest.raises(RuntimeError, match="address already in use"):
            tried.start(NodeSpec(NAME, {}), places.images)
