import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from lab.gateway.albconfig import FINALIZER, AlbConfigController, AlbConfigReconciler

Build = Callable[..., dict[str, Any]]


@dataclass
class Account:
    """Knows two vSwitches."""

    balancers: dict[str, Sequence[str]] = field(default_factory=dict)
    deleted: list[str] = field(default_factory=list)

    def create(self, name: str, vswitch_ids: Sequence[str]) -> tuple[str, str]:
        unknown = set(vswitch_ids) - {"vsw-a", "vsw-b"}
        if unknown:
            raise ValueError(f"no vSwitch {unknown.pop()}")
        self.balancers[name] = vswitch_ids
        return f"alb-{name}", f"alb-{name}.example.com"

    def find(self, id: str) -> tuple[str, str]:
        if id != "alb-others":
            raise ValueError(f"no ALB {id}")
        return id, "alb-others.example.com"

    def delete(self, id: str) -> None:
        self.deleted.append(id)


@dataclass
class Cluster:
    albconfigs: list[dict[str, Any]]
    writes: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def all(self) -> Sequence[Mapping[str, Any]]:
        return self.albconfigs

    def set_finalizers(self, name: str, finalizers: Sequence[str]) -> None:
        self.writes.append("finalizers")
        self._named(name)["metadata"]["finalizers"] = list(finalizers)

    def set_status(self, name: str, status: Mapping[str, Any]) -> None:
        self.writes.append("status")
        self._named(name)["status"] = dict(status)

    def warn(self, albconfig: Mapping[str, Any], message: str) -> None:
        self.warnings.append(message)

    def _named(self, name: str) -> dict[str, Any]:
        return next(each for each in self.albconfigs if each["metadata"]["name"] == name)


@pytest.fixture
def account() -> Account:
    return Account()


def fresh(albconfig: Build, **arguments: Any) -> dict[str, Any]:
    manifest = albconfig(**arguments)
    del manifest["metadata"]["finalizers"], manifest["status"]
    return manifest


def test_a_new_albconfig_gets_its_finalizer_and_an_alb(albconfig: Build, account: Account) -> None:
    manifest = fresh(albconfig)

    AlbConfigReconciler(Cluster([manifest]), account).reconcile()

    assert account.balancers == {"knative-alb": ["vsw-a", "vsw-b"]}
    assert manifest["metadata"]["finalizers"] == [FINALIZER]
    assert manifest["status"]["loadBalancer"] == {
        "id": "alb-knative-alb",
        "dnsname": "alb-knative-alb.example.com",
        "listeners": [{"portAndProtocol": "80/HTTP", "status": "Running"}],
    }


def test_nothing_is_written_where_nothing_changed(albconfig: Build, account: Account) -> None:
    cluster = Cluster([fresh(albconfig)])
    reconciler = AlbConfigReconciler(cluster, account)
    reconciler.reconcile()
    cluster.writes.clear()

    reconciler.reconcile()

    assert cluster.writes == []


def test_a_new_listener_shows_in_the_status(albconfig: Build, account: Account) -> None:
    manifest = fresh(albconfig)
    reconciler = AlbConfigReconciler(Cluster([manifest]), account)
    reconciler.reconcile()
    manifest["spec"]["listeners"].append({"port": 443, "protocol": "HTTPS"})

    reconciler.reconcile()

    listeners = manifest["status"]["loadBalancer"]["listeners"]
    assert [each["portAndProtocol"] for each in listeners] == ["80/HTTP", "443/HTTPS"]


@pytest.mark.parametrize(
    ("vswitches", "reason"),
    [
        (["vsw-a"], "unable to discover at least two vSwitches: spec.config.zoneMappings has ['vsw-a']"),
        ([], "unable to discover at least two vSwitches"),
        (["vsw-a", "vsw-unknown"], "no vSwitch vsw-unknown"),
    ],
)
def test_what_the_account_refuses_is_said_once_and_tried_again(
    albconfig: Build, account: Account, vswitches: list[str], reason: str
) -> None:
    manifest = fresh(albconfig, vswitches=vswitches)
    cluster = Cluster([manifest])
    reconciler = AlbConfigReconciler(cluster, account)

    reconciler.reconcile()
    reconciler.reconcile()

    assert len(cluster.warnings) == 1
    assert reason in cluster.warnings[0]
    assert "status" not in manifest

    manifest["spec"]["config"]["zoneMappings"] = [{"vSwitchId": "vsw-a"}, {"vSwitchId": "vsw-b"}]
    reconciler.reconcile()

    assert manifest["status"]["loadBalancer"]["id"] == "alb-knative-alb"


def test_a_deleted_albconfig_goes_after_its_alb(albconfig: Build, account: Account) -> None:
    manifest = albconfig()
    manifest["metadata"].update(deletionTimestamp="2026-01-01T00:00:00Z", finalizers=[FINALIZER, "another"])

    AlbConfigReconciler(Cluster([manifest]), account).reconcile()

    assert account.deleted == ["alb-1"]
    assert account.balancers == {}
    assert manifest["metadata"]["finalizers"] == ["another"]


def test_an_alb_that_cannot_be_deleted_keeps_the_albconfig(albconfig: Build) -> None:
    class Stubborn(Account):
        def delete(self, id: str) -> None:
            raise RuntimeError("deletion protection")

    manifest = albconfig()
    manifest["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z"

    with pytest.raises(RuntimeError, match="deletion protection"):
        AlbConfigReconciler(Cluster([manifest]), Stubborn()).reconcile()

    assert manifest["metadata"]["finalizers"] == [FINALIZER]


def test_one_that_was_refused_can_be_deleted(albconfig: Build, account: Account) -> None:
    manifest = albconfig(status=None)
    manifest["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z"

    AlbConfigReconciler(Cluster([manifest]), account).reconcile()

    assert account.deleted == []
    assert manifest["metadata"]["finalizers"] == []


def test_the_controller_waits_for_a_cluster_and_stops_when_told(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lab.gateway.albconfig._PERIOD_SECONDS", 0.001)
    asked = threading.Event()

    def no_cluster() -> None:
        asked.set()

    controller = AlbConfigController(no_cluster, account)
    controller.start()
    assert asked.wait(10)
    controller.stop()

    assert account.balancers == {}


def test_a_cluster_that_cannot_be_reached_is_complained_about_once(
    account: Account, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lab.gateway.albconfig._PERIOD_SECONDS", 0.001)
    asked, rounds = threading.Event(), iter(range(5))

    def unreachable() -> str:
        if next(rounds, None) is None:
            asked.set()
        raise ConnectionError("refused")

    controller = AlbConfigController(unreachable, account)
    controller.start()
    assert asked.wait(10)
    controller.stop()

    assert capsys.readouterr().out == "albconfig: refused; trying again\n"


def with_id(albconfig: Build, id: str) -> dict[str, Any]:
    manifest = fresh(albconfig)
    manifest["spec"]["config"] = {"id": id}
    return manifest


def test_an_alb_that_others_own_is_used_and_never_deleted(albconfig: Build, account: Account) -> None:
    manifest = with_id(albconfig, "alb-others")
    reconciler = AlbConfigReconciler(Cluster([manifest]), account)
    reconciler.reconcile()
    assert manifest["status"]["loadBalancer"]["dnsname"] == "alb-others.example.com"

    manifest["metadata"]["deletionTimestamp"] = "now"
    reconciler.reconcile()

    assert (account.balancers, account.deleted, manifest["metadata"]["finalizers"]) == ({}, [], [])


def test_an_alb_that_is_not_there_is_said(albconfig: Build, account: Account) -> None:
    cluster = Cluster([with_id(albconfig, "alb-unknown")])

    AlbConfigReconciler(cluster, account).reconcile()

    assert cluster.warnings == ["no ALB alb-unknown"]
