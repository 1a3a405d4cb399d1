from typing import Any

import httpx
import pytest
from dnslib import RCODE, DNSRecord

from lab.cluster.api import KubernetesApi
from lab.cluster.dns import Service, Services, answer, ready_addresses

SERVICES = {
    ("default", "web"): Service(("10.96.0.7",)),
    ("default", "headless"): Service(("10.244.1.2", "10.244.2.2")),
    ("default", "empty"): Service(),
    ("default", "alias"): Service(alias="web.default.svc.cluster.local"),
    ("default", "alias-of-alias"): Service(alias="alias.default.svc.cluster.local"),
    ("default", "outside"): Service(alias="example.com"),
    ("default", "dangling"): Service(alias="gone.default.svc.cluster.local"),
    ("default", "circle"): Service(alias="circle.default.svc.cluster.local"),
}


def find(namespace: str, name: str) -> Service | None:
    return SERVICES.get((namespace, name))


def ask(name: str, kind: str = "A") -> tuple[str, list[str]]:
    reply = answer(DNSRecord.question(name, kind), find)
    return RCODE[reply.header.rcode], [str(record.rdata) for record in reply.rr]


@pytest.mark.parametrize(
    ("name", "records"),
    [
        ("web.default.svc.cluster.local", ["10.96.0.7"]),
        ("WEB.Default.svc.cluster.local.", ["10.96.0.7"]),
        ("headless.default.svc.cluster.local", ["10.244.1.2", "10.244.2.2"]),
        ("empty.default.svc.cluster.local", []),
        ("alias.default.svc.cluster.local", ["web.default.svc.cluster.local.", "10.96.0.7"]),
        (
            "alias-of-alias.default.svc.cluster.local",
            ["alias.default.svc.cluster.local.", "web.default.svc.cluster.local.", "10.96.0.7"],
        ),
        ("outside.default.svc.cluster.local", ["example.com."]),
        ("dangling.default.svc.cluster.local", ["gone.default.svc.cluster.local."]),
    ],
)
def test_a_services_name_leads_to_its_addresses(name: str, records: list[str]) -> None:
    assert ask(name) == ("NOERROR", records)


def test_a_service_has_no_address_of_version_6_but_it_exists() -> None:
    assert ask("web.default.svc.cluster.local", "AAAA") == ("NOERROR", [])


@pytest.mark.parametrize(
    "name",
    [
        "nobody.default.svc.cluster.local",
        "web.other.svc.cluster.local",
        "web.default.svc.cluster.local.default.svc.cluster.local",
        "web.default",
        "example.com",
        "svc.cluster.local",
    ],
)
def test_other_names_do_not_exist(name: str) -> None:
    assert ask(name) == ("NXDOMAIN", [])


def test_aliases_in_a_circle_end_in_an_error_and_not_in_a_loop() -> None:
    code, _ = ask("circle.default.svc.cluster.local")

    assert code == "SERVFAIL"


def test_an_api_server_that_is_away_is_a_failure_and_not_an_unknown_name() -> None:
    def unreachable(namespace: str, name: str) -> Service | None:
        raise RuntimeError("connection refused")

    reply = answer(DNSRecord.question("web.default.svc.cluster.local"), unreachable)

    assert RCODE[reply.header.rcode] == "SERVFAIL", "a client gives up for good on NXDOMAIN"


def test_only_ready_endpoints_are_found() -> None:
    endpoints = [
        {"addresses": ["10.0.0.1"], "conditions": {"ready": True}},
        {"addresses": ["10.0.0.2"], "conditions": {"ready": False}},
        {"addresses": ["10.0.0.3"], "conditions": {}},
    ]

    assert ready_addresses({"endpoints": endpoints}) == ["10.0.0.1", "10.0.0.3"]
    assert ready_addresses({"endpoints": None}) == []


@pytest.mark.parametrize(
    ("spec", "service"),
    [
        ({"type": "ClusterIP", "clusterIP": "10.96.0.9"}, Service(("10.96.0.9",))),
        ({"type": "ExternalName", "externalName": "a.b.svc.cluster.local."}, Service(alias="a.b.svc.cluster.local")),
        ({"type": "ClusterIP", "clusterIP": "None"}, Service(("10.244.1.5",))),
    ],
)
def test_a_service_is_read_as_kubernetes_describes_it(spec: dict[str, Any], service: Service) -> None:
    asked: list[str] = []

    def respond(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        if "endpointslices" in request.url.path:
            assert request.url.params["labelSelector"] == "kubernetes.io/service-name=web"
            return httpx.Response(200, json={"items": [{"endpoints": [{"addresses": ["10.244.1.5"]}]}]})
        return httpx.Response(200, json={"spec": spec})

    client = httpx.Client(transport=httpx.MockTransport(respond), base_url="http://api")
    services = Services(KubernetesApi(client))

    assert services.find("default", "web") == service
    before = len(asked)
    assert services.find("default", "web") == service
    assert len(asked) == before, "an answer is remembered for a moment"
