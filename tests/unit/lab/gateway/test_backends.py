from collections.abc import Callable
from typing import Any

import pytest

from lab.gateway.backends import Address, Backend, addresses, slices_by_service, speaks_http2
from lab.gateway.kinds import DOMAINS

Build = Callable[..., dict[str, Any]]

BACKEND = Backend("default", "sd", "80")
INTERNAL = Address("127.0.0.1", 8081)


def test_requests_go_to_every_ready_endpoint_of_every_slice(service: Build, endpoint_slice: Build) -> None:
    slices = [endpoint_slice({"10.0.0.2": True, "10.0.0.3": False}), endpoint_slice({"10.0.0.1": None})]

    found = addresses(BACKEND, service(), slices, INTERNAL)

    assert found == [Address("10.0.0.1", 8012), Address("10.0.0.2", 8012)]


def test_a_backend_may_name_its_port(service: Build, endpoint_slice: Build) -> None:
    backend = Backend("default", "sd", "http")

    assert addresses(backend, service(), [endpoint_slice({"10.0.0.1": True})], INTERNAL) == [Address("10.0.0.1", 8012)]


def test_only_the_port_that_was_asked_for_is_used(service: Build, endpoint_slice: Build) -> None:
    slices = [endpoint_slice({"10.0.0.1": True}), endpoint_slice({"10.0.0.1": True}, port=9090, name="metrics")]

    assert addresses(BACKEND, service(), slices, INTERNAL) == [Address("10.0.0.1", 8012)]


def test_a_slice_without_port_names_belongs_to_a_service_without_port_names(
    service: Build, endpoint_slice: Build
) -> None:
    found = addresses(BACKEND, service(port_name=""), [endpoint_slice({"10.0.0.1": True}, name="")], INTERNAL)

    assert found == [Address("10.0.0.1", 8012)]


@pytest.mark.parametrize("domain", sorted(DOMAINS))
def test_an_alias_of_the_gateway_leads_to_its_internal_listener(service: Build, domain: str) -> None:
    alias = service(type="ExternalName", externalName=domain)

    assert addresses(BACKEND, alias, [], INTERNAL) == [INTERNAL]


@pytest.mark.parametrize(
    ("spec", "port"),
    [({"type": "ExternalName", "externalName": "elsewhere.example.com"}, "80"), ({}, "443")],
)
def test_what_cannot_be_reached_has_no_addresses(
    service: Build, endpoint_slice: Build, spec: dict[str, Any], port: str
) -> None:
    slices = [endpoint_slice({"10.0.0.1": True})]

    assert addresses(Backend("default", "sd", port), service(**spec), slices, INTERNAL) == []


def test_a_service_that_is_not_there_yet_has_no_addresses(endpoint_slice: Build) -> None:
    assert addresses(BACKEND, None, [endpoint_slice({"10.0.0.1": True})], INTERNAL) == []


@pytest.mark.parametrize(
    ("port", "http2"),
    [
        ({"port": 80, "name": "http"}, False),
        ({"port": 80, "name": "http2"}, True),
        ({"port": 80, "name": "h2c"}, True),
        ({"port": 80, "appProtocol": "kubernetes.io/h2c"}, True),
        ({"port": 81, "name": "h2c"}, False),
    ],
)
def test_a_port_says_whether_it_speaks_http2(service: Build, port: dict[str, Any], http2: bool) -> None:
    assert speaks_http2(BACKEND, service(ports=[port])) is http2


def test_the_gateway_itself_is_spoken_to_in_http1(service: Build) -> None:
    alias = service(
        port_name="http2", type="ExternalName", externalName="alb-gateway.knative-serving.svc.cluster.local"
    )

    assert not speaks_http2(BACKEND, alias)


def test_slices_are_found_by_the_service_they_name(endpoint_slice: Build) -> None:
    first, second, other = endpoint_slice({}), endpoint_slice({}), endpoint_slice({}, service="other")
    stray = endpoint_slice({})
    stray["metadata"]["labels"] = {}

    grouped = slices_by_service([first, second, other, stray])

    assert grouped == {("default", "sd"): [first, second], ("default", "other"): [other]}
