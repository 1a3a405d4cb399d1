"""Node pools and the nodes that they order."""

from typing import Any

import pytest

from lab.cloud.ack.gpus import gpus_of
from lab.hands import Taint
from tests.unit.lab.cloud.api import Api, RefusedError
from tests.unit.lab.cloud.fakes import FakeHands


def path(cluster: str, pool: str) -> str:
    return f"/clusters/{cluster}/nodepools/{pool}"


def test_a_pool_reads_back_the_tree_it_was_created_with(api: Api) -> None:
    group = {"instance_types": ["ecs.g7.xlarge"], "desired_size": 1, "system_disk_size": 120, "tags": []}
    cluster = api.cluster()

    read = api.cs("GET", path(cluster, api.pool(cluster, scaling_group=group, management={"enable": False})))
    assert {name: read["scaling_group"][name] for name in group} == group
    assert read["management"] == {"enable": False}
    assert read["nodepool_info"]["name"] == "p"
    assert (read["status"]["total_nodes"], read["status"]["healthy_nodes"]) == (1, 1)


def test_a_fixed_pool_gets_as_many_nodes_as_desired_each_with_a_number_of_its_own(api: Api, hands: FakeHands) -> None:
    api.pool(api.cluster(), scaling_group={"desired_size": 3})

    assert sorted(hands.nodes) == [f"cn-shanghai.10.200.0.{number}" for number in (1, 2, 3)]


def test_many_nodes_that_boot_at_once_never_share_a_number(api: Api, hands: FakeHands) -> None:
    hands.hold.clear()
    cluster = api.cluster()
    body = {"scaling_group": {"desired_size": 10}}
    pools = [api.cs("POST", f"/clusters/{cluster}/nodepools", body) for _ in range(4)]
    hands.hold.set()

    assert [api.finish(pool)["state"] for pool in pools] == ["success"] * 4
    assert len(hands.every_node) == len(set(hands.every_node)) == 40


def test_a_node_carries_what_the_scheduler_needs(api: Api, hands: FakeHands) -> None:
    pool = api.pool(
        api.cluster(),
        scaling_group={"instance_types": ["ecs.gn7i-c8g1.2xlarge", "ecs.gn6i-c8g1.2xlarge"]},
        auto_scaling={"enable": True, "min_instances": 1, "max_instances": 2},
        kubernetes_config={
            "labels": [{"key": "pool", "value": "gpu"}],
            "taints": [{"key": "nvidia.com/gpu", "value": "true", "effect": "NoSchedule"}],
        },
    )

    (node,) = hands.nodes.values()
    assert node.labels == {
        "pool": "gpu",
        "alibabacloud.com/nodepool-id": pool,
        "node.kubernetes.io/instance-type": "ecs.gn7i-c8g1.2xlarge",
        "node.alibabacloud.com/spot-strategy": "NoSpot",
        "k8s.aliyun.com": "true",
        "aliyun.accelerator/nvidia_name": "NVIDIA-A10",
        "aliyun.accelerator/nvidia_count": "1",
    }
    assert tuple(node.taints) == (Taint("nvidia.com/gpu", "true", "NoSchedule"),)
    assert node.gpus == 1


GPUS: list[tuple[str, int | None]] = [
    ("ecs.gn5-c4g1.xlarge", 1),
    ("ecs.gn5i-c8g1.2xlarge", 1),
    ("ecs.gn5i-c2g1.large", 1),
    ("ecs.gn5-c8g1.4xlarge", 2),
    ("ecs.gn5-c8g1.14xlarge", 8),
    ("ecs.gn6i-c24g1.12xlarge", 2),
    ("ecs.gn7i-c32g1.16xlarge", 2),
    ("ecs.gn6v-c10g1.20xlarge", 8),
    ("ecs.g7.xlarge", None),
    ("banana", None),
]


@pytest.mark.parametrize(("instance_type", "expected"), GPUS)
def test_the_number_of_gpus_follows_from_the_instance_type(instance_type: str, expected: int | None) -> None:
    gpus = gpus_of(instance_type)

    assert (gpus.number if gpus else None) == expected


@pytest.mark.parametrize(("size", "left"), [(1, 1), (3, 3), (0, 0)])
def test_resizing_a_pool_adds_or_removes_nodes(api: Api, hands: FakeHands, size: int, left: int) -> None:
    cluster = api.cluster()
    pool = api.pool(cluster, scaling_group={"desired_size": 2, "instance_types": ["ecs.g7.xlarge"]})

    api.finish(api.cs("PUT", path(cluster, pool), {"scaling_group": {"desired_size": size}}))
    assert len(hands.nodes) == left
    assert api.cs("GET", path(cluster, pool))["scaling_group"]["instance_types"] == ["ecs.g7.xlarge"]


@pytest.mark.parametrize("seconds", [0, 45])
def test_a_node_that_goes_is_given_the_settings_time_to_drain(api: Api, hands: FakeHands, seconds: float) -> None:
    cluster = api.cluster()
    pool = api.pool(cluster, scaling_group={"desired_size": 1})
    api.lab("PUT", "/lab/settings", {"drain_seconds": seconds})

    api.finish(api.cs("DELETE", path(cluster, pool)))

    assert list(hands.drained.values()) == [seconds]


def test_the_settings_of_the_kubelet_read_back(api: Api) -> None:
    cluster = api.cluster()
    pool = api.pool(cluster)
    api.finish(api.cs("PUT", f"{path(cluster, pool)}/node_config", {"kubelet_config": {"maxPods": 60}}))

    assert api.cs("GET", path(cluster, pool))["node_config"]["kubelet_configuration"] == {"maxPods": 60}


def test_deleting_a_pool_takes_its_nodes_out_even_those_that_still_boot(api: Api, hands: FakeHands) -> None:
    cluster = api.cluster()
    hands.hold.clear()
    created = api.cs("POST", f"/clusters/{cluster}/nodepools", {"scaling_group": {"desired_size": 2}})
    deletion = api.cs("DELETE", path(cluster, created["nodepool_id"]), force="true")
    hands.hold.set()

    assert api.finish(deletion)["state"] == "success"
    assert hands.nodes == {}
    assert "node" not in api.lab("GET", "/lab/left")
    with pytest.raises(RefusedError) as refused:
        api.cs("GET", path(cluster, created["nodepool_id"]))
    assert refused.value.code == "ErrorNodePoolNotFound"


def test_a_node_that_does_not_join_fails_the_task_with_the_reason_and_leaves_no_trace(
    api: Api, hands: FakeHands
) -> None:
    cluster = api.cluster()
    hands.refuse.add("add_node")

    task = api.finish(api.cs("POST", f"/clusters/{cluster}/nodepools", {"scaling_group": {"desired_size": 1}}))
    assert task["state"] == "failed"
    assert "add_node was told to fail" in task["error"]["message"]
    assert "node" not in api.lab("GET", "/lab/left")


def test_a_pool_stays_until_its_nodes_could_be_taken_out(api: Api, hands: FakeHands) -> None:
    cluster = api.cluster()
    pool = api.pool(cluster, scaling_group={"desired_size": 1})
    hands.refuse.add("remove_node")

    task = api.finish(api.cs("DELETE", path(cluster, pool)))
    assert "remove_node was told to fail" in task["error"]["message"]
    assert api.cs("GET", path(cluster, pool))["status"]["state"] == "deleting"

    hands.refuse.clear()
    assert api.finish(api.cs("DELETE", path(cluster, pool)))["state"] == "success"
    assert hands.nodes == {}


def test_a_vswitch_with_nodes_names_them_when_it_refuses_to_go(api: Api) -> None:
    cluster = api.cluster()
    extra = api.vswitch(api.vpc())
    api.pool(cluster, scaling_group={"desired_size": 1, "vswitch_ids": [extra]})

    with pytest.raises(RefusedError, match=r"node cn-shanghai\.10\.200\.0\.1"):
        api.rpc("vpc", "DeleteVSwitch", VSwitchId=extra)


BAD: list[tuple[dict[str, Any], str]] = [
    ({"auto_scaling": {"enable": True, "min_instances": 3, "max_instances": 2}}, "min_instances 3"),
    ({"scaling_group": {"vswitch_ids": ["vsw-nope"]}}, "vsw-nope"),
]


@pytest.mark.parametrize(("body", "named"), BAD)
def test_a_pool_that_cannot_be_is_refused(api: Api, body: dict[str, Any], named: str) -> None:
    with pytest.raises(RefusedError, match=named):
        api.cs("POST", f"/clusters/{api.cluster()}/nodepools", body)


def test_a_login_password_is_neither_kept_nor_shown(api: Api) -> None:
    cluster = api.cluster()
    pool = api.pool(cluster, scaling_group={"login_password": "hunter2"})

    assert "hunter2" not in str(api.cs("GET", path(cluster, pool)))


def test_the_journal_says_when_nodes_came_and_went(api: Api) -> None:
    cluster = api.cluster()
    pool = api.pool(cluster, scaling_group={"desired_size": 1, "instance_types": ["ecs.gn7i-c8g1.2xlarge"]})
    api.finish(api.cs("DELETE", path(cluster, pool)))

    events = api.lab("GET", "/lab/nodes")

    assert [(event["event"], event["gpus"]) for event in events] == [
        ("ordered", 1),
        ("ready", 1),
        ("leaving", 1),
        ("gone", 1),
    ]
    assert sorted(event["seconds"] for event in events) == [event["seconds"] for event in events]
