"""Nodes first, then virtual nodes: what a ResourcePolicy does with a pod that waits."""

from collections.abc import Mapping
from typing import Any

import pytest

from components.manifests.eci import nodes_before_eci
from lab.cloud.account import Account
from lab.cloud.ack.autoscaler import Autoscaler
from lab.cloud.ack.decision import Memory, Seen, decide
from lab.cloud.ack.demand import demand
from lab.cloud.ack.policies import policies
from tests.unit.lab.cloud.api import Api
from tests.unit.lab.cloud.fakes import FakeHands
from tests.unit.lab.cloud.test_decision import GPU_POOL, NOW, Nodes, Pods, node, pod, pool

SERVICE = {"serving.knative.dev/service": "sd"}
AT_ONCE = nodes_before_eci("sd", "studio", None)
PATIENT = nodes_before_eci("sd", "studio", "1m30s")
VIRTUAL = {"key": "virtual-kubelet.io/provider", "operator": "Exists", "effect": "NoSchedule"}


def waiting(name: str = "p", labels: Mapping[str, str] = SERVICE, namespace: str = "studio") -> dict[str, Any]:
    """A pod of the service that found no node."""
    stuck = pod()
    stuck["metadata"] |= {"name": name, "namespace": namespace, "labels": dict(labels)}
    return stuck


def on_its_way() -> dict[str, Any]:
    """One that may go to a virtual node already."""
    one = waiting()
    one["spec"]["tolerations"] = [*one["spec"]["tolerations"], VIRTUAL]
    return one


# policy, most nodes, pods, nodes, waits since → nodes that are ordered, pods that go to virtual nodes
CASES: dict[str, tuple[Mapping[str, Any] | None, int, Pods, Nodes, float, int, list[str]]] = {
    "without a policy it waits": (None, 0, [waiting()], [], 0, 0, []),
    "at once, and no node is ordered": (AT_ONCE, 5, [waiting()], [], NOW, 0, ["studio/p"]),
    "a ready node with room comes first": (AT_ONCE, 5, [waiting()], [node(1)], NOW, 0, []),
    "one that boots does not": (AT_ONCE, 5, [waiting()], [node(1, "ordered")], NOW, 0, ["studio/p"]),
    "a node is ordered for one that waits": (PATIENT, 5, [waiting()], [], NOW - 89, 1, []),
    "not for longer than it waits": (PATIENT, 5, [waiting()], [], NOW - 90, 0, ["studio/p"]),
    "when no pool may grow": (PATIENT, 1, [waiting(), pod(on="n1")], [node(1)], NOW, 0, ["studio/p"]),
    "the second of two for one node": (PATIENT, 1, [waiting("a"), waiting("b")], [], NOW, 1, ["studio/b"]),
    "another service's pods": (AT_ONCE, 5, [waiting(labels={})], [], NOW, 1, []),
    "another namespace's pods": (AT_ONCE, 5, [waiting(namespace="other")], [], NOW, 1, []),
    "one that was sent there orders no node": (PATIENT, 5, [on_its_way()], [], NOW, 0, []),
}


@pytest.mark.parametrize(
    ("policy", "most", "pods", "nodes", "since", "ordered", "bursts"), CASES.values(), ids=CASES.keys()
)
def test_nodes_first_then_virtual_nodes(
    policy: Mapping[str, Any] | None,
    most: int,
    pods: Pods,
    nodes: Nodes,
    since: float,
    ordered: int,
    bursts: list[str],
) -> None:
    demands = [demand(one) for one in pods]
    memory = Memory(stuck_since={one.pod: since for one in demands})

    decision = decide(Seen([pool(most=most)], demands, nodes, policies([policy] if policy else [])), memory, NOW, 30.0)

    assert (sum(decision.orders.values()), list(decision.bursts)) == (ordered, bursts)


def test_a_pod_waits_from_when_it_was_first_seen() -> None:
    first = decide(Seen([], [demand(waiting())]), Memory(), NOW, 30.0)
    then = decide(Seen([], [demand(waiting())]), first.memory, NOW + 5, 30.0)

    assert then.memory.stuck_since == {"studio/p": NOW}


def test_policies_of_another_order_are_left_out() -> None:
    units = [{"resource": "eci"}, {"resource": "ecs"}]

    assert policies([{**AT_ONCE, "spec": {**AT_ONCE["spec"], "units": units}}]) == []


def test_the_pod_gets_the_virtual_nodes_toleration(account: Account, api: Api, hands: FakeHands) -> None:
    api.pool(api.cluster(), **GPU_POOL)
    hands.running_pods, hands.policies = [waiting()], [AT_ONCE]

    Autoscaler(account.container_service, hands, account.knobs).look()

    assert hands.tolerations == [("studio/p", "virtual-kubelet.io/provider")]
