from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from lab.gateway.dataplane import RejectedError
from lab.gateway.reconciler import Observed, Reconciler
from lab.gateway.snapshot import Builder, Listeners, Snapshot

Build = Callable[..., dict[str, Any]]

BAD_HOST = "bad.default.example.com"
SD = ("default", "sd")
BAD = ("default", "bad")


@dataclass
class PickyEnvoy:
    """Takes everything but a snapshot with BAD_HOST in it; or nothing at all."""

    takes_nothing: bool = False
    served: list[Snapshot] = field(default_factory=list)
    checks: int = 0

    def publish(self, snapshot: Snapshot) -> None:
        if self.takes_nothing or BAD_HOST in hosts(snapshot):
            raise RejectedError("Envoy refused its new configuration")
        self.served.append(snapshot)

    def refusal(self, configuration: dict[str, Any]) -> str | None:
        self.checks += 1
        return "bad header" if BAD_HOST in str(configuration) else None


def hosts(snapshot: Snapshot) -> set[str]:
    return {host["domains"][0] for host in snapshot.routes["internal"]["virtual_hosts"]}


def clusters(snapshot: Snapshot) -> list[str]:
    return [cluster["name"] for cluster in snapshot.clusters]


@pytest.fixture
def envoy() -> PickyEnvoy:
    return PickyEnvoy()


@pytest.fixture
def now() -> list[float]:
    """The clock: a list of one, so that a test can move it."""
    return [0.0]


@pytest.fixture
def reconciler(envoy: PickyEnvoy, now: list[float]) -> Reconciler:
    return Reconciler(envoy, Builder(Path("/gateway"), Listeners()), clock=lambda: now[0])


def test_a_served_ingress_is_ready(reconciler: Reconciler, envoy: PickyEnvoy, kingress: Build) -> None:
    result = reconciler.reconcile(Observed([kingress()]))

    assert result.verdicts[SD].ready == "True"
    assert "sd.default.example.com" in hosts(envoy.served[-1])


def test_one_that_envoy_refuses_is_told_why_and_the_others_are_served(
    reconciler: Reconciler, envoy: PickyEnvoy, kingress: Build
) -> None:
    result = reconciler.reconcile(Observed([kingress("bad"), kingress()]))

    assert result.verdicts[SD].ready == "True"
    assert (result.verdicts[BAD].ready, result.verdicts[BAD].message) == ("False", "bad header")
    assert "sd.default.example.com" in hosts(envoy.served[-1])


def test_one_that_is_known_to_be_refused_is_not_tried_again(
    reconciler: Reconciler, envoy: PickyEnvoy, kingress: Build
) -> None:
    reconciler.reconcile(Observed([kingress("bad"), kingress()]))
    checks = envoy.checks

    result = reconciler.reconcile(Observed([kingress("bad"), kingress(), kingress("new")]))

    assert envoy.checks == checks
    assert result.verdicts[BAD].ready == "False"
    assert "new.default.example.com" in hosts(envoy.served[-1])


def test_one_that_was_mended_is_served(reconciler: Reconciler, envoy: PickyEnvoy, kingress: Build) -> None:
    reconciler.reconcile(Observed([kingress("bad")]))

    result = reconciler.reconcile(Observed([kingress("bad", hosts=["good.default.example.com"])]))

    assert result.verdicts[BAD].ready == "True"


def test_nobody_is_blamed_for_an_envoy_that_takes_nothing(
    reconciler: Reconciler, envoy: PickyEnvoy, kingress: Build
) -> None:
    envoy.takes_nothing = True

    result = reconciler.reconcile(Observed([kingress()]))

    assert (result.verdicts[SD].ready, result.verdicts[SD].reason) == ("Unknown", "EnvoyNotUpdated")


def test_an_ingress_that_cannot_be_read_is_told_why(reconciler: Reconciler, kingress: Build) -> None:
    unreadable = kingress("bad")
    del unreadable["spec"]["rules"][0]["http"]

    result = reconciler.reconcile(Observed([unreadable, kingress()]))

    assert result.verdicts[BAD].ready == "False"
    assert "http" in result.verdicts[BAD].message
    assert result.verdicts[SD].ready == "True"


def test_ingresses_of_another_class_are_left_alone(reconciler: Reconciler, kingress: Build) -> None:
    manifest = kingress(annotations={"networking.knative.dev/ingress.class": "kourier.ingress.networking.knative.dev"})

    assert reconciler.reconcile(Observed([manifest])).verdicts == {}


def test_no_ingress_is_ready_before_its_alb(reconciler: Reconciler, kingress: Build, albconfig: Build) -> None:
    config = {"albconfig": "knative-alb"}

    early = reconciler.reconcile(Observed([kingress()], config_network=config))
    late = reconciler.reconcile(Observed([kingress()], albconfigs=[albconfig()], config_network=config))

    assert (early.verdicts[SD].ready, early.verdicts[SD].reason) == ("Unknown", "AlbConfigNotReady")
    assert (late.verdicts[SD].ready, late.dns_name) == ("True", "alb-1.cn-shanghai.alb.aliyuncsslb.com")


def test_the_albs_timeouts_reach_envoy(
    reconciler: Reconciler, envoy: PickyEnvoy, kingress: Build, albconfig: Build
) -> None:
    reconciler.reconcile(Observed([kingress()], albconfigs=[albconfig()], config_network={"albconfig": "knative-alb"}))

    assert "'timeout': '600s'" in str(envoy.served[-1].routes)
    assert "'idle_timeout': '60s'" in str(envoy.served[-1].listeners)


def test_a_cluster_outlives_its_routes_by_the_time_a_request_may_take(
    reconciler: Reconciler, envoy: PickyEnvoy, kingress: Build, now: list[float]
) -> None:
    reconciler.reconcile(Observed([kingress()]))
    now[0] = 59.0
    reconciler.reconcile(Observed())
    lingering = clusters(envoy.served[-1])
    now[0] = 61.0
    reconciler.reconcile(Observed())

    assert lingering == ["default/sd:80"]
    assert clusters(envoy.served[-1]) == []
