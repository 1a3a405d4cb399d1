"""Events and conditions that the account leaves in the cluster."""

import json
from typing import Any

import httpx
import pytest

from lab.cluster.api import KubernetesApi
from lab.cluster.notices import announce_end, tell

POD, NODE = "/api/v1/namespaces/sd/pods/p", "/api/v1/nodes/n"
OBJECTS = {
    POD: {"metadata": {"name": "p", "namespace": "sd", "uid": "1"}},
    NODE: {"metadata": {"name": "n", "uid": "2"}},
}


class ApiServer:
    """written: path → what was sent there."""

    def __init__(self) -> None:
        self.there = True
        self.written: dict[str, Any] = {}

    def respond(self, request: httpx.Request) -> httpx.Response:
        if request.method == "PATCH":
            self.written[request.url.path] = json.loads(request.content)
            return httpx.Response(200, json={})
        if request.url.path == "/api/v1":
            return httpx.Response(200, json={"resources": [{"kind": "Event", "name": "events"}]})
        found = OBJECTS.get(request.url.path) if self.there else None
        return httpx.Response(200, json=found) if found else httpx.Response(404, json={"message": "not found"})


@pytest.fixture
def server() -> ApiServer:
    return ApiServer()


@pytest.fixture
def api(server: ApiServer) -> KubernetesApi:
    return KubernetesApi(httpx.Client(transport=httpx.MockTransport(server.respond), base_url="https://api"))


def test_a_pod_is_told_in_its_own_namespace_and_told_again_by_the_same_event(
    server: ApiServer, api: KubernetesApi
) -> None:
    for message in ("first", "second"):
        tell(api, "sd/p", "FailedScaleUp", message)

    (event,) = server.written.values()
    assert set(server.written) == {"/api/v1/namespaces/sd/events/p.failedscaleup"}
    assert event["involvedObject"] == {"apiVersion": "v1", "kind": "Pod", "name": "p", "namespace": "sd", "uid": "1"}
    assert (event["type"], event["reason"], event["message"]) == ("Warning", "FailedScaleUp", "second")


def test_a_nodes_end_is_a_condition_beside_its_own_and_an_event(server: ApiServer, api: KubernetesApi) -> None:
    announce_end(api, "n")

    (condition,) = server.written[f"{NODE}/status"]["status"]["conditions"]
    assert {name: condition[name] for name in ("type", "status", "reason")} == {
        "type": "InstanceExpired",
        "status": "True",
        "reason": "InstanceToBeTerminated",
    }
    event = server.written["/api/v1/namespaces/default/events/n.instancetobeterminated"]
    assert event["involvedObject"] == {"apiVersion": "v1", "kind": "Node", "name": "n", "uid": "2"}


def test_what_is_gone_is_told_nothing(server: ApiServer, api: KubernetesApi) -> None:
    server.there = False

    tell(api, "sd/p", "FailedScaleUp", "x")
    announce_end(api, "n")

    assert server.written == {}
