"""Instance types that are sold out, and spot nodes that are taken back."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from lab.cloud.account import Account
from lab.cloud.ack.autoscaler import Autoscaler
from lab.cloud.ack.purchases import purchases
from lab.cloud.ack.reclaims import DETECTOR
from lab.cloud.ack.recovery import recover
from lab.cloud.settings import Settings
from tests.unit.lab.cloud.api import PATIENCE_SECONDS, Api, RefusedError
from tests.unit.lab.cloud.fakes import Clock, FakeHands
from tests.unit.lab.cloud.test_decision import TAINT, pod, settle

A10, T4 = "ecs.gn7i-c8g1.2xlarge", "ecs.gn6i-c8g1.2xlarge"
FIRST, SECOND = "cn-shanghai-l", "cn-shanghai-m"
SPOT = {"spot_strategy": "SpotAsPriceGo", "multi_az_policy": "COST_OPTIMIZED"}

ORDER: dict[str, tuple[Mapping[str, Any], list[str], str]] = {
    "priority: the first zone with all types": ({"multi_az_policy": "PRIORITY"}, [], "l-A10 l-T4 m-A10 m-T4"),
    "balance: the emptiest zone first": ({"multi_az_policy": "BALANCE"}, ["l"], "m-A10 m-T4 l-A10 l-T4"),
    "cost: one type in all zones, the emptiest first": (
        {"multi_az_policy": "COST_OPTIMIZED"}, ["l"], "m-A10 l-A10 m-T4 l-T4"
    ),
    "spot alone": ({**SPOT}, [], "l-A10-spot m-A10-spot l-T4-spot m-T4-spot"),
    "spot, then on demand": (
        {**SPOT, "compensate_with_on_demand": True}, [],
        "l-A10-spot m-A10-spot l-T4-spot m-T4-spot l-A10 m-A10 l-T4 m-T4",
    ),
    "no way out to on demand but with cost": (
        {**SPOT, "compensate_with_on_demand": True, "multi_az_policy": "PRIORITY"}, [],
        "l-A10-spot l-T4-spot m-A10-spot m-T4-spot",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("group", "taken", "order"), ORDER.values(), ids=ORDER.keys())
def test_types_and_zones_are_tried_in_the_order_of_the_pools_policy(
    group: Mapping[str, Any], taken: list[str], order: str
) -> None:
    found = purchases(group, ["A10", "T4"], {"l": "zone-l", "m": "zone-m"}, taken)

    assert " ".join(f"{one.vswitch_id}-{one.instance_type}{'-spot' * one.spot}" for one in found) == order


def sell_out(api: Api, *shortages: Mapping[str, Any]) -> None:
    api.lab("PUT", "/lab/stock", list(shortages))


def gpu_pool(api: Api, cluster: str, least: int = 0, **group: Any) -> str:
    """In two zones, for two types."""
    vpc = api.vpc()
    places = {"vswitch_ids": [api.vswitch(vpc, FIRST), api.vswitch(vpc, SECOND)], "multi_az_policy": "PRIORITY"}
    return api.pool(
        cluster,
        scaling_group={"instance_types": [A10, T4], **places, **group},
        auto_scaling={"enable": True, "min_instances": least, "max_instances": 5},
        kubernetes_config={"labels": [{"key": "pool", "value": "gpu"}], "taints": [TAINT]},
    )


BOUGHT: dict[str, tuple[list[Mapping[str, Any]], Mapping[str, Any], tuple[str, str, bool]]] = {
    "everything is there": ([], {}, (A10, FIRST, False)),
    "a type in a zone is not": ([{"zone": FIRST, "instance_type": A10}], {}, (T4, FIRST, False)),
    "a zone has nothing": ([{"zone": FIRST}], {}, (A10, SECOND, False)),
    "a family is nowhere": ([{"instance_type": "ecs.gn7i-*"}], {}, (T4, FIRST, False)),
    "a spot price is to be had": ([], SPOT, (A10, FIRST, True)),
    "no spot price is": ([{"spot": True}], {**SPOT, "compensate_with_on_demand": True}, (A10, FIRST, False)),
    "spot shortages are nothing to others": ([{"spot": True}], {}, (A10, FIRST, False)),
}


@pytest.mark.parametrize(("shortages", "group", "bought"), BOUGHT.values(), ids=BOUGHT.keys())
def test_a_node_is_the_first_that_is_to_be_had(
    api: Api,
    hands: FakeHands,
    shortages: list[Mapping[str, Any]],
    group: Mapping[str, Any],
    bought: tuple[str, str, bool],
) -> None:
    sell_out(api, *shortages)

    gpu_pool(api, api.cluster(), least=1, **group)

    (node,) = api.lab("GET", "/lab/fleet")
    assert tuple(node["purchase"][name] for name in ("instance_type", "zone", "spot")) == bought
    (spec,) = hands.nodes.values()
    assert spec.labels["node.kubernetes.io/instance-type"] == bought[0]
    assert spec.labels["node.alibabacloud.com/spot-strategy"] == ("SpotAsPriceGo" if bought[2] else "NoSpot")


def test_a_pool_whose_least_nodes_are_sold_out_fails_its_task_with_the_reason(api: Api) -> None:
    sell_out(api, {})
    cluster = api.cluster()

    task = api.finish(api.cs("POST", f"/clusters/{cluster}/nodepools", {"scaling_group": {"desired_size": 1}}))

    assert task["state"] == "failed"
    assert "OperationDenied.NoStock" in task["error"]["message"]


def test_a_pod_is_told_why_it_waits_and_gets_its_node_when_there_are_some_again(
    api: Api, account: Account, hands: FakeHands, autoscaler: Autoscaler, clock: Clock
) -> None:
    pool = gpu_pool(api, api.cluster())
    sell_out(api, {"instance_type": "ecs.gn*"})
    hands.running_pods = [pod()]
    for _ in range(3):
        autoscaler.look()

    ((told, reason, message),) = hands.told
    assert (told, reason) == ("sd/p", "FailedScaleUp")
    assert f"{pool}: OperationDenied.NoStock" in message
    assert f"sold out: {A10}, {T4} in {FIRST}, {SECOND} on demand" in message

    clock.now += account.knobs.now.backoff_seconds
    autoscaler.look()
    assert len(hands.told) == 2

    sell_out(api)
    autoscaler.look()
    assert hands.every_node == []
    clock.now += account.knobs.now.backoff_seconds
    autoscaler.look()
    settle(account)
    assert len(hands.nodes) == 1


def test_another_pool_that_fits_is_asked_when_the_first_has_nothing(
    api: Api, account: Account, hands: FakeHands, autoscaler: Autoscaler
) -> None:
    cluster = api.cluster()
    gpu_pool(api, cluster, instance_types=[A10])
    other = gpu_pool(api, cluster, instance_types=[T4])
    sell_out(api, {"instance_type": A10})
    hands.running_pods = [pod()]
    autoscaler.look()
    autoscaler.look()
    autoscaler.look()
    settle(account)

    assert [node.pool_id for node in account.container_service.fleet.nodes()] == [other]


def test_nodes_on_their_way_to_a_pool_that_is_left_alone_count_all_the_same(
    api: Api, account: Account, hands: FakeHands, autoscaler: Autoscaler
) -> None:
    cluster = api.cluster()
    gpu_pool(api, cluster, instance_types=[A10])
    gpu_pool(api, cluster, instance_types=[T4])
    hands.hold.clear()
    hands.running_pods = [pod()]
    autoscaler.look()
    sell_out(api, {})
    hands.running_pods = [pod(), pod()]
    autoscaler.look()
    sell_out(api)
    hands.running_pods = [pod()]

    assert autoscaler.look().orders == {}
    hands.hold.set()
    settle(account)


def test_what_is_sold_out_outlives_a_restart_and_is_nothing_left_over(
    api: Api, account: Account, tmp_path: Path, hands: FakeHands
) -> None:
    sell_out(api, {"zone": FIRST})

    again = Api(Account(tmp_path, hands).app)

    assert again.lab("GET", "/lab/stock") == [{"zone": FIRST, "instance_type": "*", "spot": False}]
    assert account.left() == {}


def test_a_shortage_of_something_unknown_is_refused(api: Api) -> None:
    with pytest.raises(RefusedError) as refused:
        sell_out(api, {"region": "cn-shanghai"})

    assert refused.value.status == 400


@pytest.mark.parametrize(("strategy", "status"), [("NoSpot", "Available"), ("SpotAsPriceGo", "SoldOut")])
def test_the_price_list_says_what_is_sold_out(api: Api, strategy: str, status: str) -> None:
    sell_out(api, {"zone": FIRST, "instance_type": A10, "spot": True})

    answer = api.rpc("ecs", "DescribeAvailableResource", DestinationResource="InstanceType", SpotStrategy=strategy)

    listed = {zone["ZoneId"]: _by_type(zone) for zone in answer["AvailableZones"]["AvailableZone"]}
    assert listed[FIRST][A10]["Status"] == status
    assert listed[FIRST][T4]["StatusCategory"] == "WithStock"
    assert listed[SECOND][A10]["Status"] == "Available"


def _by_type(zone: Mapping[str, Any]) -> dict[str, Mapping[str, str]]:
    (kind,) = zone["AvailableResources"]["AvailableResource"]
    return {one["Value"]: one for one in kind["SupportedResources"]["SupportedResource"]}


def take_back(api: Api, account: Account, name: str) -> None:
    api.lab("POST", f"/lab/fleet/{name}/reclaim")
    account.container_service.reclaims.settle()


def test_a_node_that_is_taken_back_goes_with_its_pods_and_the_pools_minimum_is_bought_again(
    api: Api, account: Account, hands: FakeHands
) -> None:
    api.lab("PUT", "/lab/settings", {"notice_seconds": 0})
    gpu_pool(api, api.cluster(), least=1, **SPOT)
    (name,) = hands.nodes

    take_back(api, account, name)

    assert hands.drained == {name: 0}
    assert len(hands.every_node) == 2
    assert len(hands.nodes) == 1
    assert hands.announced == []


def test_a_successor_comes_first_and_the_old_node_is_drained_where_the_pool_asks_for_that(
    api: Api, account: Account, hands: FakeHands
) -> None:
    cluster = api.cluster()
    api.finish(api.cs("POST", f"/clusters/{cluster}/components/install", [{"name": DETECTOR}]))
    gpu_pool(api, cluster, least=1, **SPOT, spot_instance_remedy=True)
    (name,) = hands.nodes

    take_back(api, account, name)

    assert len(hands.nodes) == 1
    assert name not in hands.nodes
    assert hands.drained == {name: account.knobs.now.drain_seconds}
    assert hands.announced == [name]


def test_without_a_successor_the_node_is_not_drained(api: Api, account: Account, hands: FakeHands) -> None:
    cluster = api.cluster()
    pool = gpu_pool(api, cluster, least=1, **SPOT, spot_instance_remedy=True)
    api.cs("PUT", f"/clusters/{cluster}/nodepools/{pool}", {"auto_scaling": {"min_instances": 0}})
    api.lab("PUT", "/lab/settings", {"notice_seconds": 0.2})
    sell_out(api, {})
    (name,) = hands.nodes

    take_back(api, account, name)

    assert hands.drained == {name: 0}
    assert hands.nodes == {}


def test_the_notice_outlives_a_restart(api: Api, account: Account, tmp_path: Path, hands: FakeHands) -> None:
    gpu_pool(api, api.cluster(), least=1, **SPOT)
    (name,) = hands.nodes
    account.container_service.fleet.announce(name, ends=0)

    again = Account(tmp_path, hands, Settings(node_boot_seconds=0))
    recover(again.container_service, hands).result(PATIENCE_SECONDS)
    again.container_service.reclaims.settle()

    assert hands.drained == {name: 0}


@pytest.mark.parametrize(("spot", "fault"), [(False, "never taken back"), (True, "on its way out already")])
def test_only_a_spot_node_is_taken_back_and_once(api: Api, hands: FakeHands, spot: bool, fault: str) -> None:
    gpu_pool(api, api.cluster(), least=1, **(SPOT if spot else {}))
    (name,) = hands.nodes
    if spot:
        api.lab("POST", f"/lab/fleet/{name}/reclaim")

    with pytest.raises(RefusedError) as refused:
        api.lab("POST", f"/lab/fleet/{name}/reclaim")

    assert fault in str(refused.value)
