"""Taints and tolerations, against an API server that holds one object."""

import json
from typing import Any

import httpx
import pytest

from lab.cluster.api import KubernetesApi
from lab.cluster.placement import add_taint, remove_taint, tolerate
from lab.hands import Taint

NODE = "cn-shanghai.10.200.0.7"
GOING = Taint("going", "", "NoSchedule")
OTHER = {"key": "nvidia.com/gpu", "value": "true", "effect": "NoSchedule"}


class ApiServer:
    """spec: of the node or pod; None: there is none. It refuses a change that does not name its version."""

    def __init__(self) -> None:
        self.spec: dict[str, Any] | None = {}
        self.annotations: dict[str, str] = {}
        self.paths: set[str] = set()
        self.conflicts = 0

    def respond(self, request: httpx.Request) -> httpx.Response:
        self.paths.add(request.url.path)
        if self.spec is None:
            return httpx.Response(404, json={"message": "not found"})
        if request.method == "PATCH":
            change = json.loads(request.content)
            assert change["metadata"].pop("resourceVersion") == "5"
            if self.conflicts:
                self.conflicts -= 1
                return httpx.Response(409, json={"message": "the object has been modified"})
            self.annotations |= change["metadata"].get("annotations", {})
            self.spec |= change["spec"]
        return httpx.Response(200, json={"metadata": {"resourceVersion": "5"}, "spec": self.spec})


@pytest.fixture
def server() -> ApiServer:
    return ApiServer()


@pytest.fixture
def api(server: ApiServer) -> KubernetesApi:
    return KubernetesApi(httpx.Client(transport=httpx.MockTransport(server.respond), base_url="https://api"))


def test_a_taint_comes_and_goes_beside_others(server: ApiServer, api: KubernetesApi) -> None:
    server.spec = {"taints": [OTHER]}
    going = {"key": "going", "value": "", "effect": "NoSchedule"}
    for _ in range(2):
        add_taint(api, NODE, GOING)
        assert server.spec["taints"] == [OTHER, going]

    for _ in range(2):
        remove_taint(api, NODE, GOING.key)
        assert server.spec["taints"] == [OTHER]
    assert server.paths == {f"/api/v1/nodes/{NODE}"}


def test_a_pod_keeps_the_tolerations_that_it_has_and_ends_first(server: ApiServer, api: KubernetesApi) -> None:
    own = {"key": "nvidia.com/gpu", "operator": "Exists"}
    server.spec = {"tolerations": [own]}

    tolerate(api, "sd/p", GOING)

    assert server.spec["tolerations"] == [own, {"key": "going", "operator": "Exists", "effect": "NoSchedule"}]
    assert server.annotations == {"controller.kubernetes.io/pod-deletion-cost": "-100"}
    assert server.paths == {"/api/v1/namespaces/sd/pods/p"}


def test_a_change_that_somebody_else_came_before_is_made_again(server: ApiServer, api: KubernetesApi) -> None:
    server.conflicts = 3

    add_taint(api, NODE, GOING)

    assert server.spec == {"taints": [{"key": "going", "value": "", "effect": "NoSchedule"}]}


def test_a_change_that_never_gets_through_is_given_up_in_the_servers_words(
    server: ApiServer, api: KubernetesApi
) -> None:
    server.conflicts = 1000

    with pytest.raises(RuntimeError, match="has been modified"):
        add_taint(api, NODE, GOING)


def test_what_is_gone_is_no_matter(server: ApiServer, api: KubernetesApi) -> None:
    server.spec = None

    add_taint(api, NODE, GOING)
    remove_taint(api, NODE, GOING.key)
    tolerate(api, "sd/p", GOING)
