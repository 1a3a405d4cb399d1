"""The addon for virtual nodes brings a node that is in no pool."""

import pytest

from lab.cloud.account import Account
from lab.cloud.ack.autoscaler import Autoscaler
from lab.cloud.ack.decision import Memory, Seen, decide
from lab.cloud.ack.demand import demand
from lab.hands import NodeSpec, Taint
from tests.unit.lab.cloud.api import Api
from tests.unit.lab.cloud.fakes import FakeHands
from tests.unit.lab.cloud.test_decision import IDLE_SECONDS, NOW, pod, pool

NAME = "virtual-kubelet-cn-shanghai-l"


@pytest.fixture
def cluster(api: Api) -> str:
    """With the addon, installed twice."""
    cluster = api.cluster()
    for _ in range(2):
        install = f"/clusters/{cluster}/components/install"
        assert api.finish(api.cs("POST", install, [{"name": "ack-virtual-node"}]))["state"] == "success"
    return cluster


def test_it_is_named_after_the_clusters_first_zone_and_keeps_other_pods_away(cluster: str, hands: FakeHands) -> None:
    taint = Taint("virtual-kubelet.io/provider", "alibabacloud", "NoSchedule")
    assert hands.nodes == {NAME: NodeSpec(NAME, {"type": "virtual-kubelet"}, (taint,), 16)}


def test_the_autoscaler_does_not_give_it_back(cluster: str, account: Account, hands: FakeHands) -> None:
    account.knobs.change({"idle_seconds": 0})

    Autoscaler(account.container_service, hands, account.knobs).look()
    account.container_service.fleet.settle()

    assert list(hands.nodes) == [NAME]


def test_a_pod_that_must_run_there_orders_no_node_of_a_pool() -> None:
    waiting = pod()
    waiting["spec"]["nodeSelector"] = {"type": "virtual-kubelet"}

    assert decide(Seen([pool()], [demand(waiting)]), Memory(), NOW, IDLE_SECONDS).orders == {}


def test_it_goes_with_the_addon(cluster: str, api: Api, account: Account, hands: FakeHands) -> None:
    uninstalled = api.cs("POST", f"/clusters/{cluster}/components/uninstall", [{"name": "ack-virtual-node"}])

    assert api.finish(uninstalled)["state"] == "success"
    assert hands.nodes == {}
    assert "virtual-node" not in account.left()


def test_it_goes_with_the_cluster(cluster: str, api: Api, account: Account) -> None:
    api.finish(api.cs("DELETE", f"/clusters/{cluster}"))

    assert {"virtual-node", "addon"} & set(account.left()) == set()
