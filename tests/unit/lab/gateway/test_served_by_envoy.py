"""The real Envoy, fed by the real builders, in front of small backends."""

import collections
import socket
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from lab.gateway.kingress import Ingress, probe_hash
from lab.gateway.reconciler import Observed, Reconciler, Result
from lab.gateway.snapshot import Listeners
from tests.unit.lab.gateway.pods import Pod, free_ports

Build = Callable[..., dict[str, Any]]
Observe = Callable[..., Result]

AFFINITY = {
    "serving.knative.dev.alibabacloud/affinity": "cookie",
    "serving.knative.dev.alibabacloud/cookie-name": "sd",
    "serving.knative.dev.alibabacloud/cookie-timeout": "1800",
}


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
