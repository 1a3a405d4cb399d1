import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from lab.cluster.api import KubernetesApi, has_condition

Respond = Callable[[httpx.Request], httpx.Response]


def api(respond: Respond) -> KubernetesApi:
    return KubernetesApi(httpx.Client(transport=httpx.MockTransport(respond), base_url="https://api"))


def failing(status: int, message: str) -> Respond:
    return lambda _: httpx.Response(status, json={"kind": "Status", "message": message})


def test_an_error_is_told_in_the_servers_own_words() -> None:
    with pytest.raises(RuntimeError, match="GET /api/v1/pods: 403 pods is forbidden"):
        api(failing(403, "pods is forbidden")).get("/api/v1/pods")


def test_a_server_that_is_away_is_a_runtime_error_too() -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    with pytest.raises(RuntimeError, match="GET /api/v1/pods: refused"):
        api(refuse).get("/api/v1/pods")
    assert not api(refuse).ready()


@pytest.mark.parametrize("trouble", [429, 503, 504, httpx.ReadError("reset")])
def test_trouble_that_passes_is_waited_for(trouble: int | httpx.HTTPError) -> None:
    left = [trouble] * 3

    def respond(_: httpx.Request) -> httpx.Response:
        match left.pop() if left else 200:
            case int(status):
                return httpx.Response(status, json={"items": [1]})
            case error:
                raise error

    assert api(respond).get("/api/v1/pods") == {"items": [1]}


def test_a_disruption_budget_that_needs_a_pod_is_asked_once() -> None:
    asked = []

    def respond(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(429, json={"message": "would violate the budget"})

    assert not api(respond).evict("default", "pod")
    assert len(asked) == 1


def test_what_is_not_there_is_none_and_can_be_deleted() -> None:
    missing = api(failing(404, "not found"))

    assert missing.get("/api/v1/nodes/n.1") is None
    assert missing.items("/apis/example.com/v1/things") == []
    missing.delete("/api/v1/nodes/n.1")


class Discovery:
    """An API server that knows the kinds of some groups and takes everything that is applied."""

    def __init__(self, resources: dict[str, list[dict[str, str]]]):
        self.resources = resources
        self.applied: list[tuple[str, dict[str, Any]]] = []

    def respond(self, request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            return httpx.Response(200, json={"resources": self.resources.get(request.url.path, [])})
        assert request.headers["content-type"] == "application/apply-patch+yaml"
        assert dict(request.url.params) == {"fieldManager": "ack-addon", "force": "true"}
        self.applied.append((request.url.path, json.loads(request.content)))
        return httpx.Response(200, json={})


def manifest(version: str, kind: str, name: str, **metadata: str) -> dict[str, Any]:
    return {"apiVersion": version, "kind": kind, "metadata": {"name": name, **metadata}}


def test_objects_are_applied_in_order_at_the_paths_that_the_server_names() -> None:
    server = Discovery(
        {
            "/api/v1": [
                {"kind": "Namespace", "name": "namespaces"},
                {"kind": "Namespace", "name": "namespaces/status"},
            ],
            "/apis/apps/v1": [{"kind": "Deployment", "name": "deployments"}],
        }
    )
    objects = [manifest("v1", "Namespace", "ns"), manifest("apps/v1", "Deployment", "web", namespace="ns")]

    api(server.respond).apply(objects)

    assert server.applied == [
        ("/api/v1/namespaces/ns", objects[0]),
        ("/apis/apps/v1/namespaces/ns/deployments/web", objects[1]),
    ]


def test_a_kind_that_came_later_is_found() -> None:
    server = Discovery({"/apis/x.io/v1": [{"kind": "A", "name": "as"}]})
    client = api(server.respond)
    client.apply([manifest("x.io/v1", "A", "one")])
    server.resources["/apis/x.io/v1"].append({"kind": "B", "name": "bs"})

    client.apply([manifest("x.io/v1", "B", "two")])

    assert [path for path, _ in server.applied] == ["/apis/x.io/v1/as/one", "/apis/x.io/v1/bs/two"]


def test_a_kind_that_the_server_does_not_know_is_named() -> None:
    with pytest.raises(RuntimeError, match=r"no Thing at /apis/x\.io/v1"):
        api(Discovery({}).respond).apply([manifest("x.io/v1", "Thing", "one")])


def test_waiting_in_vain_says_for_whom() -> None:
    ready = {"metadata": {"name": "a"}, "status": {"conditions": [{"type": "Ready", "status": "True"}]}}
    waiting = {"metadata": {"name": "b"}, "status": {"conditions": [{"type": "Ready", "status": "False"}]}}
    client = api(lambda _: httpx.Response(200, json={"items": [ready, waiting]}))

    client.wait_for("/things", "Ready", ["a"], timeout=0)
    with pytest.raises(RuntimeError, match=r"still waiting for b, c"):
        client.wait_for("/things", "Ready", ["a", "b", "c"], timeout=0)


@pytest.mark.parametrize("item", [None, {}, {"status": {}}, {"status": {"conditions": None}}])
def test_what_has_no_conditions_yet_fulfils_none(item: dict[str, Any] | None) -> None:
    assert not has_condition(item, "Ready")
