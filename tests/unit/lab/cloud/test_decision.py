"""The autoscaler's decision as a table, and the loop that acts on it."""

from collections.abc import Mapping
from typing import Any, TypeAlias

import pytest

from lab.cloud.account import Account
from lab.cloud.ack.autoscaler import Autoscaler
from lab.cloud.ack.decision import Memory, Seen, decide
from lab.cloud.ack.demand import demand
from lab.cloud.ack.fleet import Node
from lab.cloud.ack.pools import NodePool
from lab.cloud.background import background
from tests.unit.lab.cloud.api import PATIENCE_SECONDS, Api
from tests.unit.lab.cloud.fakes import Clock, FakeHands

ONE_GPU, TWO_GPUS = "ecs.gn7i-c8g1.2xlarge", "ecs.gn7i-c32g1.16xlarge"
TAINT = {"key": "nvidia.com/gpu", "value": "true", "effect": "NoSchedule"}
TOLERATION = {"key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoSchedule"}
NOW, IDLE_SECONDS = 1000.0, 30.0


def pool(name: str = "a", kind: str = ONE_GPU, least: int = 0, most: int = 5, label: str = "gpu") -> NodePool:
    body = {
        "scaling_group": {"instance_types": [kind]},
        "auto_scaling": {"enable": True, "min_instances": least, "max_instances": most},
        "kubernetes_config": {"labels": [{"key": "pool", "value": label}], "taints": [TAINT]},
    }
    return NodePool(pool_id=name, cluster_id="c", region="cn-shanghai", body=body)


def node(number: int, state: str = "ready", pool: str = "a", gpus: int = 1) -> Node:
    fields = {
        "name": f"n{number}",
        "number": number,
        "cluster_id": "c",
        "pool_id": pool,
        "purchase": {"instance_type": ""},
    }
    return Node.model_validate({**fields, "gpus": gpus, "state": state, "ordered": ""})


def pod(
    gpus: int = 1,
    on: str = "",
    selector: str = "gpu",
    tolerations: list[dict[str, str]] | None = None,
    owner: str = "ReplicaSet",
    phase: str = "Pending",
    deleted: bool = False,
) -> dict[str, Any]:
    """As the API server shows it: stuck unless it is on a node."""
    metadata: dict[str, Any] = {"namespace": "sd", "name": "p", "ownerReferences": [{"kind": owner}]}
    if deleted:
        metadata["deletionTimestamp"] = "2026-01-01T00:00:00Z"
    conditions = [] if on else [{"type": "PodScheduled", "status": "False", "reason": "Unschedulable"}]
    spec: dict[str, Any] = {
        "containers": [{"resources": {"limits": {"nvidia.com/gpu": str(gpus)}}}],
        "nodeSelector": {"pool": selector},
        "tolerations": [TOLERATION] if tolerations is None else tolerations,
    }
    if on:
        spec["nodeName"] = on
    return {"metadata": metadata, "spec": spec, "status": {"phase": phase, "conditions": conditions}}


Pods: TypeAlias = list[dict[str, Any]]
Pools: TypeAlias = list[NodePool]
Nodes: TypeAlias = list[Node]
ORDERS: dict[str, tuple[Pools, Pods, Nodes, Mapping[str, int]]] = {
    "nothing waits": ([pool()], [], [], {}),
    "one node for each pod that waits": ([pool()], [pod(), pod()], [], {"a": 2}),
    "a node on its way counts": ([pool()], [pod(), pod()], [node(1, "ordered")], {"a": 1}),
    "a ready node with a free GPU counts": ([pool()], [pod()], [node(1)], {}),
    "a ready node whose GPU is taken does not": ([pool()], [pod(), pod(on="n1")], [node(1)], {"a": 1}),
    "a terminating pod still keeps its GPU": ([pool()], [pod(), pod(on="n1", deleted=True)], [node(1)], {"a": 1}),
    "a finished pod has given its GPU back": ([pool()], [pod(), pod(on="n1", phase="Succeeded")], [node(1)], {}),
    "a node that leaves does not count": ([pool()], [pod()], [node(1, "leaving")], {"a": 1}),
    "two pods share a node of two GPUs": ([pool(kind=TWO_GPUS)], [pod(), pod(), pod()], [], {"a": 2}),
    "a big pod is placed before small ones": ([pool(kind=TWO_GPUS)], [pod(1), pod(2), pod(1)], [], {"a": 2}),
    "never beyond the maximum": ([pool(most=2)], [pod()] * 5, [], {"a": 2}),
    "nodes that are there count to the maximum": ([pool(most=1)], [pod(), pod(on="n1")], [node(1)], {}),
    "a full pool gives way to the next": ([pool(most=1), pool("b", most=4)], [pod()] * 3, [], {"a": 1, "b": 2}),
    "the pool that wastes fewer GPUs wins": ([pool("big", TWO_GPUS), pool("small")], [pod()], [], {"small": 1}),
    "a pod that asks for too many GPUs orders nothing": ([pool()], [pod(gpus=4)], [], {}),
    "a selector of another pool": ([pool()], [pod(selector="other")], [], {}),
    "a taint that is not tolerated": ([pool()], [pod(tolerations=[])], [], {}),
    "a toleration of another value": ([pool()], [pod(tolerations=[{**TOLERATION, "operator": "Equal"}])], [], {}),
    "a toleration of everything": ([pool()], [pod(tolerations=[{"operator": "Exists"}])], [], {"a": 1}),
    "a pod that is being deleted waits for nothing": ([pool()], [pod(deleted=True)], [], {}),
    "a pod without GPU brings one node for all": ([pool()], [pod(gpus=0)] * 3, [], {"a": 1}),
}


@pytest.mark.parametrize(("pools", "pods", "nodes", "orders"), ORDERS.values(), ids=ORDERS.keys())
def test_as_many_nodes_are_ordered_as_the_waiting_pods_need(
    pools: Pools, pods: Pods, nodes: Nodes, orders: Mapping[str, int]
) -> None:
    decision = decide(Seen(pools, [demand(pod) for pod in pods], nodes), Memory(), NOW, IDLE_SECONDS)

    assert decision.orders == orders


BIG, SMALL = pool("big", TWO_GPUS, most=1), pool("small")
RANKED: dict[str, tuple[Mapping[str, int], Pods, Mapping[str, int]]] = {
    "the highest goes before the one that wastes less": ({"big": 20, "small": 10}, [pod()], {"big": 1}),
    "the next when it is full": ({"big": 20, "small": 10}, [pod()] * 3, {"big": 1, "small": 1}),
    "one without a priority comes last": ({"big": 1}, [pod()], {"big": 1}),
    "two alike: the one that wastes less": ({"big": 5, "small": 5}, [pod()], {"small": 1}),
}


@pytest.mark.parametrize(("priorities", "pods", "orders"), RANKED.values(), ids=RANKED.keys())
def test_pools_are_ordered_from_by_their_priorities(
    priorities: Mapping[str, int], pods: Pods, orders: Mapping[str, int]
) -> None:
    seen = Seen([BIG, SMALL], [demand(one) for one in pods], priorities=priorities)
    decision = decide(seen, Memory(), NOW, IDLE_SECONDS)

    assert decision.orders == orders


LONG_AGO, JUST_NOW = NOW - 31, NOW - 29
REMOVALS: dict[str, tuple[Pools, Pods, Nodes, Mapping[str, float], list[str]]] = {
    "idle for long enough": ([pool()], [], [node(1)], {"n1": LONG_AGO}, ["n1"]),
    "not yet": ([pool()], [], [node(1)], {"n1": JUST_NOW}, []),
    "idle only now": ([pool()], [], [node(1)], {}, []),
    "busy again": ([pool()], [pod(on="n1", phase="Running")], [node(1)], {"n1": LONG_AGO}, []),
    "a terminating pod is busy": ([pool()], [pod(on="n1", deleted=True)], [node(1)], {"n1": LONG_AGO}, []),
    "a daemon set's pod is not": ([pool()], [pod(on="n1", owner="DaemonSet")], [node(1)], {"n1": LONG_AGO}, ["n1"]),
    "never below the minimum": ([pool(least=1)], [], [node(1), node(2)], {"n1": LONG_AGO, "n2": LONG_AGO}, ["n1"]),
    "a node of a pool that is not its own": ([pool("b")], [], [node(1)], {"n1": LONG_AGO}, []),
    "a node that boots is not idle": ([pool()], [], [node(1, "ordered")], {"n1": LONG_AGO}, []),
}


@pytest.mark.parametrize(("pools", "pods", "nodes", "since", "removals"), REMOVALS.values(), ids=REMOVALS.keys())
def test_nodes_go_once_they_have_been_idle_for_long_enough(
    pools: Pools, pods: Pods, nodes: Nodes, since: Mapping[str, float], removals: list[str]
) -> None:
    decision = decide(Seen(pools, [demand(pod) for pod in pods], nodes), Memory(since), NOW, IDLE_SECONDS)

    assert list(decision.removals) == removals


def test_a_node_that_was_busy_in_between_is_idle_anew() -> None:
    busy = decide(Seen([pool()], [demand(pod(on="n1"))], [node(1)]), Memory({"n1": LONG_AGO}), NOW, IDLE_SECONDS)
    idle = decide(Seen([pool()], [], [node(1)]), busy.memory, NOW + 1, IDLE_SECONDS)

    assert idle.memory.idle_since == {"n1": NOW + 1}


GPU_POOL: dict[str, dict[str, Any]] = {
    "scaling_group": {"instance_types": [ONE_GPU]},
    "auto_scaling": {"enable": True, "min_instances": 0, "max_instances": 5},
    "kubernetes_config": {"labels": [{"key": "pool", "value": "gpu"}], "taints": [TAINT]},
}


def settle(account: Account) -> None:
    account.container_service.fleet.settle()


def bring_a_node(account: Account, api: Api, hands: FakeHands, autoscaler: Autoscaler) -> None:
    """For a pod; without one it is idle for long enough at once."""
    api.pool(api.cluster(), **GPU_POOL)
    account.knobs.change({"idle_seconds": 0})
    hands.running_pods = [pod()]
    autoscaler.look()
    settle(account)


def test_nodes_come_for_waiting_pods_and_go_when_idle(
    account: Account, api: Api, hands: FakeHands, autoscaler: Autoscaler, clock: Clock
) -> None:
    api.pool(api.cluster(), **GPU_POOL)
    hands.running_pods = [pod(), pod()]
    autoscaler.look()
    autoscaler.look()
    settle(account)
    assert len(hands.every_node) == 2

    hands.running_pods = []
    autoscaler.look()
    clock.now += account.knobs.now.idle_seconds
    autoscaler.look()
    settle(account)
    assert hands.nodes == {}
    assert set(hands.tainted) == set(hands.every_node)


def test_a_node_that_gets_a_pod_at_the_last_moment_stays(
    account: Account, api: Api, hands: FakeHands, autoscaler: Autoscaler
) -> None:
    bring_a_node(account, api, hands, autoscaler)
    (node,) = hands.nodes
    hands.running_pods, hands.late_pods = [], [pod(on=node)]

    assert list(autoscaler.look().removals) == [node]

    settle(account)
    assert (list(hands.nodes), hands.tainted) == ([node], {})
    assert [one.state for one in account.container_service.fleet.nodes()] == ["ready"]


def test_a_node_that_cannot_be_given_back_now_is_later(
    account: Account, api: Api, hands: FakeHands, autoscaler: Autoscaler
) -> None:
    bring_a_node(account, api, hands, autoscaler)
    hands.running_pods = []
    hands.refuse.add("taint_node")
    autoscaler.look()
    settle(account)
    assert [one.state for one in account.container_service.fleet.nodes()] == ["ready"]

    hands.refuse.clear()
    autoscaler.look()
    settle(account)
    assert hands.nodes == {}


@pytest.mark.parametrize(("expander", "expected"), [("priority", 1), ("least-waste", 0)])
def test_priorities_are_those_of_the_clusters_settings_if_its_expander_goes_by_them(
    api: Api, account: Account, hands: FakeHands, autoscaler: Autoscaler, expander: str, expected: int
) -> None:
    cluster = api.cluster()
    pools = [api.pool(cluster, **GPU_POOL) for _ in range(2)]
    group = account.container_service.pools.pools.get(pools[1]).part("scaling_group")["scaling_group_id"]
    settings = {"scaler_type": "cluster-autoscaler", "expander": expander, "priorities": {"20": [group]}}
    api.cs("POST", f"/cluster/{cluster}/autoscale/config", settings)
    hands.running_pods = [pod()]

    assert autoscaler.look().orders == {pools[expected]: 1}


def test_a_pool_whose_node_failed_is_left_alone_for_a_while(
    account: Account, api: Api, hands: FakeHands, autoscaler: Autoscaler, clock: Clock
) -> None:
    api.pool(api.cluster(), **GPU_POOL)
    hands.running_pods, hands.refuse = [pod()], {"add_node"}
    autoscaler.look()
    settle(account)
    hands.refuse.clear()
    assert autoscaler.look().orders == {}

    clock.now += account.knobs.now.backoff_seconds
    autoscaler.look()
    settle(account)
    assert len(hands.nodes) == 1


def test_a_pool_that_is_being_deleted_gets_no_more_nodes(
    account: Account, api: Api, hands: FakeHands, autoscaler: Autoscaler
) -> None:
    cluster = api.cluster()
    identity = api.pool(cluster, **GPU_POOL)
    account.container_service.pools.begin_removal(identity)
    hands.running_pods = [pod()]

    assert autoscaler.look().orders == {}


def test_a_cluster_that_does_not_answer_is_looked_at_again_and_complained_about_once(
    account: Account, api: Api, hands: FakeHands, autoscaler: Autoscaler, caplog: pytest.LogCaptureFixture
) -> None:
    api.cluster()
    hands.refuse.add("pods")
    account.knobs.change({"scan_seconds": 0.001})
    running = background("autoscaler", autoscaler.run)
    looked = [hands.looks.acquire(timeout=PATIENCE_SECONDS) for _ in range(3)]
    autoscaler.stop()
    running.result(PATIENCE_SECONDS)

    assert all(looked)
    assert [record.message for record in caplog.records].count(
        "the autoscaler could not look at the cluster: RuntimeError('pods was told to fail')"
    ) == 1
