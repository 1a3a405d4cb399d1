"""An account that is opened again: what was under way goes on, what died meanwhile is noticed."""

from pathlib import Path

import pytest

from lab.cloud.account import Account
from lab.cloud.ack.recovery import recover
from lab.cloud.ack.tasks import Task
from lab.cloud.naming import now
from lab.cloud.settings import Settings
from lab.cluster.commands import wait_until
from lab.timeline import gpu_nodes
from tests.unit.lab.cloud.api import PATIENCE_SECONDS, Api
from tests.unit.lab.cloud.fakes import FakeHands

QUICK = Settings(node_boot_seconds=0)
TWO = {"desired_size": 2}


def reopened(folder: Path, hands: FakeHands) -> Account:
    """As after `kill -9`: the account before it has no chance to end anything."""
    again = Account(folder, hands, QUICK)
    recover(again.container_service, hands).result(PATIENCE_SECONDS)
    return again


def test_what_runs_is_left_alone(api: Api, account: Account, tmp_path: Path, hands: FakeHands) -> None:
    api.pool(api.cluster(), scaling_group=TWO)
    before, made = account.left(), list(hands.every_node)

    again = reopened(tmp_path, hands)

    assert again.left() == before
    assert (hands.every_node, hands.drained, hands.deleted, len(hands.clusters)) == (made, {}, [], 1)


def test_a_pool_that_was_being_filled_is_filled_and_its_task_succeeds(
    api: Api, tmp_path: Path, hands: FakeHands
) -> None:
    cluster = api.cluster()
    hands.hold.clear()
    pool = api.cs("POST", f"/clusters/{cluster}/nodepools", {"scaling_group": {"desired_size": 1}})
    assert hands.asked.wait(PATIENCE_SECONDS), "no node was asked for"

    found = FakeHands()
    after = Api(reopened(tmp_path, found).app)

    assert after.finish(pool)["state"] == "success"
    assert len(found.nodes) == 1
    assert after.cs("GET", f"/clusters/{cluster}/nodepools/{pool['nodepool_id']}")["status"]["healthy_nodes"] == 1


def test_a_cluster_that_was_being_created_is_created(api: Api, account: Account, tmp_path: Path) -> None:
    account.knobs.change({"cluster_seconds": 1000})
    created = api.cs("POST", "/clusters", {"name": "sd", "vpcid": "v", "vswitch_ids": api.two_zones(),
                                           "addons": [{"name": "ack-virtual-node"}]})  # fmt: skip
    (tmp_path / "settings.json").unlink()

    found = FakeHands()
    after = Api(reopened(tmp_path, found).app)

    assert after.finish(created)["state"] == "success"
    assert after.cs("GET", f"/clusters/{created['cluster_id']}")["state"] == "running"
    assert (found.clusters, list(found.addons)) == ([created["cluster_id"]], ["ack-virtual-node"])
    assert len(found.nodes) == 1


def test_a_cluster_whose_creation_has_no_task_yet_has_failed(account: Account, api: Api, tmp_path: Path) -> None:
    body = {"name": "sd", "vpcid": "v", "vswitch_ids": api.two_zones()}
    created = account.container_service.clusters.create(body, "cn-shanghai")

    again = reopened(tmp_path, FakeHands())

    assert again.container_service.clusters.clusters.get(created.cluster_id).state == "failed"


def test_a_deletion_that_was_cut_off_is_finished(api: Api, account: Account, tmp_path: Path, hands: FakeHands) -> None:
    cluster = api.cluster()
    api.pool(cluster, scaling_group=TWO)
    account.container_service.clusters.begin_deletion(cluster)
    task = Task(task_id="T-1", task_type="cluster_delete", cluster_id=cluster, created=now(), updated=now())
    account.container_service.tasks.tasks.put(task.task_id, task)

    again = reopened(tmp_path, hands)

    assert Api(again.app).finish({"task_id": "T-1"})["state"] == "success"
    assert hands.deleted == [cluster]
    assert sorted(again.left()) == ["vpc", "vswitch"]


def test_a_node_that_died_meanwhile_is_cleared_away_undrained_and_replaced(
    api: Api, account: Account, tmp_path: Path, hands: FakeHands
) -> None:
    pool = api.pool(api.cluster(), scaling_group=TWO)
    dead, alive = sorted(hands.nodes)
    del hands.nodes[dead]

    again = reopened(tmp_path, hands)
    wait_until(lambda: not again.container_service.tasks.unfinished(), "the pool is filled", timeout=10, pause=0.01)

    assert hands.drained == {dead: 0}
    assert {alive, dead} == {node.name for node in again.container_service.fleet.nodes(pool)} == set(hands.nodes)


def test_a_virtual_node_that_died_meanwhile_is_replaced(api: Api, tmp_path: Path, hands: FakeHands) -> None:
    api.cluster(addons=[{"name": "ack-virtual-node"}])
    (name,) = hands.nodes
    hands.nodes.clear()

    reopened(tmp_path, hands)

    assert list(hands.nodes) == [name]


def test_a_cluster_without_a_control_plane_has_failed_and_can_be_deleted(
    api: Api, tmp_path: Path, hands: FakeHands
) -> None:
    cluster = api.cluster()
    hands.refuse.add("resume_cluster")

    after = Api(reopened(tmp_path, hands).app)

    assert after.cs("GET", f"/clusters/{cluster}")["state"] == "failed"
    assert after.finish(after.cs("DELETE", f"/clusters/{cluster}"))["state"] == "success"


def test_what_happened_to_nodes_is_still_known(api: Api, account: Account, tmp_path: Path, hands: FakeHands) -> None:
    group = {**TWO, "instance_types": ["ecs.gn7i-c8g1.2xlarge"]}
    api.pool(api.cluster(), scaling_group=group)

    events = reopened(tmp_path, hands).container_service.fleet.journal.events

    assert gpu_nodes(events) == set(hands.nodes)
    assert "node-event" not in account.left()


@pytest.mark.parametrize("again", [1, 2])
def test_changed_settings_stay_in_force(account: Account, tmp_path: Path, again: int) -> None:
    account.knobs.change({"idle_seconds": 5, "quotas": {"vpc": 1}})

    for _ in range(again):
        account = Account(tmp_path, FakeHands(), QUICK)

    assert account.knobs.now == Settings(node_boot_seconds=0, idle_seconds=5, quotas={"vpc": 1})
