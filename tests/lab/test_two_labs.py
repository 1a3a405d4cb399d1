"""Two labs at once under different names: neither sees or disturbs the other, however one of them ends."""

from collections.abc import Iterator

import pytest

from lab.cluster.api import KubernetesApi, has_condition
from lab.cluster.places import Places
from lab.layout import Layout
from lab.lifecycle import bring_down, bring_up, is_up, left_in_account
from tests.lab import snapshot
from tests.lab.beside import beside
from tests.lab.by_hand import Hand
from tests.lab.kills import kill_the_account

pytestmark = pytest.mark.lab

NODE = "cn-shanghai.10.200.0.1"


@pytest.fixture
def second(layout: Layout) -> Iterator[Layout]:
    second = beside(layout, "second")
    yield second
    bring_down(second)
    bring_down(layout)


def with_a_node(layout: Layout) -> None:
    """A lab that is up, with a cluster of one node."""
    bring_up(layout)
    Hand(layout).make_a_cluster()


def ready_nodes(layout: Layout) -> dict[str, str]:
    """Name → uid."""
    api = KubernetesApi.connect(f"https://127.0.0.1:{layout.api_port}", Places(layout).pki, "lab")
    nodes = [node["metadata"] for node in api.items("/api/v1/nodes") if has_condition(node, "Ready")]
    return {node["name"]: node["uid"] for node in nodes}


def test_one_lab_ends_and_the_other_goes_on_and_a_killed_one_is_cleaned_too(layout: Layout, second: Layout) -> None:
    before = snapshot.take()
    for lab in (layout, second):
        with_a_node(lab)

    first_nodes, second_nodes = ready_nodes(layout), ready_nodes(second)
    assert list(first_nodes) == list(second_nodes) == [NODE]
    assert first_nodes != second_nodes
    assert set(left_in_account(layout)["vpc"]).isdisjoint(left_in_account(second)["vpc"])

    assert bring_down(second) == []

    assert is_up(layout)
    assert ready_nodes(layout) == first_nodes
    kill_the_account(layout)
    assert not is_up(layout)
    assert bring_down(layout) == []
    assert snapshot.left_behind(before, snapshot.take()) == {}
