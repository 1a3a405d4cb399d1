"""The gateway where Knative is told to use Kourier."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from lab.gateway.entrances import LOAD_BALANCER, endpoint_slice, owned_service
from lab.gateway.kinds import ALB, KOURIER
from lab.gateway.reconciler import Observed, Reconciler
from lab.gateway.snapshot import Builder, Listeners, Snapshot

Build = Callable[..., dict[str, Any]]

SD = ("default", "sd")
ASKED_FOR = {"ingress.class": KOURIER.ingress_class}
KOURIERS = [{"metadata": {"namespace": one.namespace, "name": one.name}, "spec": {}} for one in KOURIER.entrances]
CLASS = {"networking.knative.dev/ingress.class": KOURIER.ingress_class}


@dataclass
class Envoy:
    served: list[Snapshot] = field(default_factory=list)

    def publish(self, snapshot: Snapshot) -> None:
        self.served.append(snapshot)

    def refusal(self, configuration: dict[str, Any]) -> str | None:
        return None


@pytest.fixture
def envoy() -> Envoy:
    return Envoy()


@pytest.fixture
def now() -> list[float]:
    return [0.0]


@pytest.fixture
def reconciler(envoy: Envoy, now: list[float]) -> Reconciler:
    return Reconciler(envoy, Builder(Path("/gateway"), Listeners()), clock=lambda: now[0])


def test_its_ingresses_are_served_and_those_of_the_alb_are_not(
    reconciler: Reconciler, envoy: Envoy, kingress: Build
) -> None:
    ingresses = [kingress(annotations=CLASS), kingress("other")]

    result = reconciler.reconcile(Observed(ingresses, KOURIERS, config_network=ASKED_FOR))

    assert {key: verdict.ready for key, verdict in result.verdicts.items()} == {SD: "True"}
    assert (result.kind, result.dns_name) == (KOURIER, "")
    hosts = [host["domains"][0] for host in envoy.served[-1].routes["external"]["virtual_hosts"]]
    assert hosts == ["sd.default.example.com", "version.gateway.lab", "*"]


def test_no_ingress_is_ready_or_served_before_kourier_is_chosen(
    reconciler: Reconciler, envoy: Envoy, kingress: Build
) -> None:
    result = reconciler.reconcile(Observed([kingress(annotations=CLASS)], config_network=ASKED_FOR))

    assert (result.verdicts[SD].ready, result.verdicts[SD].reason) == ("Unknown", "KourierNotThere")
    assert "choose it" in result.verdicts[SD].message
    assert "external" not in envoy.served[-1].routes


@pytest.mark.parametrize("listener", ["external", "internal"])
def test_it_has_no_request_timeout_but_one_of_silence_and_answers_404_for_unknown_hosts(
    reconciler: Reconciler, envoy: Envoy, kingress: Build, listener: str
) -> None:
    reconciler.reconcile(Observed([kingress(annotations=CLASS)], KOURIERS, config_network=ASKED_FOR))

    served, *_, unknown = envoy.served[-1].routes[listener]["virtual_hosts"]
    assert {route["route"]["timeout"] for route in served["routes"]} == {"0s"}
    assert unknown["routes"][0]["direct_response"]["status"] == 404
    (configured,) = (one for one in envoy.served[-1].listeners if one["name"] == listener)
    manager = configured["filter_chains"][0]["filters"][0]["typed_config"]
    assert (manager["stream_idle_timeout"], manager["server_name"]) == ("300s", "envoy")


def test_a_backend_outlives_its_routes_by_as_long_as_knative_gives_a_request(
    reconciler: Reconciler, envoy: Envoy, kingress: Build, now: list[float]
) -> None:
    reconciler.reconcile(Observed([kingress(annotations=CLASS)], KOURIERS, config_network=ASKED_FOR))
    for now[0], left in ((599.0, 1), (601.0, 0)):
        reconciler.reconcile(Observed([], KOURIERS, config_network=ASKED_FOR))
        assert len(envoy.served[-1].clusters) == left


@pytest.mark.parametrize("entrance", [*ALB.entrances, *KOURIER.entrances], ids=lambda one: one.name)
def test_endpoints_belong_to_their_service_by_label_and_by_the_name_of_the_port(entrance: Any) -> None:
    slice_, service = endpoint_slice(entrance, "10.200.0.250", 8081), owned_service(entrance, 8081)

    assert slice_["metadata"]["labels"] == {"kubernetes.io/service-name": service["metadata"]["name"]}
    assert [port["name"] for port in slice_["ports"]] == [port["name"] for port in service["spec"]["ports"]]


def test_the_load_balancer_has_an_address_of_documentation() -> None:
    (found,) = LOAD_BALANCER["status"]["loadBalancer"]["ingress"]

    assert found["ip"].startswith("203.0.113.")
