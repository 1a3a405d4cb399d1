"""Changes to a stack that is up: each row of live_changes.yaml is planned, the important ones are made.

And what happens to it when GPUs are sold out or taken back.
"""

import time
from collections.abc import Iterator

import httpx
import pytest

from lab.layout import Layout
from lab.lifecycle import bring_down, bring_up
from tests.lab.by_hand import Hand
from tests.lab.live_changes import ROWS, Row
from tests.lab.live_stack import LiveStack, RefusedError
from tests.lab.scarce import scarce

pytestmark = pytest.mark.lab


@pytest.fixture(scope="module")
def live(layout: Layout, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveStack]:
    bring_up(layout)
    stack = LiveStack(layout, tmp_path_factory.mktemp("live"))
    stack.update({})
    yield stack
    bring_down(layout)


@pytest.fixture(scope="module")
def protected(live: LiveStack) -> LiveStack:
    """Protection is a row of its own; here only in case that the row was not selected."""
    live.update({"deletionProtection": True})
    return live


def test_what_somebody_changed_by_hand_is_named_and_put_right(layout: Layout, live: LiveStack) -> None:
    hand = Hand(layout)
    hand.tag_the_vpc("owner", "somebody")
    hand.set_the_gpu_pools_max(3)

    assert live.drift() == {"network-vpc": ["tags", "tags.owner"], "gpu-pool": ["scalingConfig.maxSize"]}
    assert live.update({}, "--refresh") == {"update": ["gpu-pool", "network-vpc"]}
    assert live.drift() == {}


def test_gpus_are_sold_out_until_there_are_some_and_a_spot_node_is_taken_back(layout: Layout, live: LiveStack) -> None:
    with scarce(layout) as lab:
        lab.sell_out({"instance_type": "ecs.gn*"})
        answer = lab.ask()

        assert "OperationDenied.NoStock" in lab.reason_to_wait()
        assert lab.gpu_nodes() == []
        lab.sell_out()
        assert answer.result() == httpx.codes.OK

        (node,) = lab.gpu_nodes()
        under_way = lab.ask()
        lab.take_back(node)
        lab.wait_until_gone(node)
        print(f"the request under way got {under_way.result()}")
        lab.wait_for_an_answer()


# In the order of the file: a change that is applied is there for the rows after it.
@pytest.mark.parametrize("row", [row for row in ROWS if row.plan], ids=lambda row: row.setting)
def test_a_change_does_what_its_row_says(live: LiveStack, row: Row) -> None:
    begin = time.monotonic()
    done = live.update(row.change) if row.applied else live.plan(row.change)
    print(f"{row.setting}: {time.monotonic() - begin:.1f} s")
    assert done == row.plan, f"not as the row says: {done}"


@pytest.mark.parametrize("row", [row for row in ROWS if row.refused], ids=lambda row: row.setting)
def test_a_protected_stack_refuses_what_would_delete_its_parts(protected: LiveStack, row: Row) -> None:
    with pytest.raises(RefusedError, match=row.refused):
        protected.plan(row.change)
