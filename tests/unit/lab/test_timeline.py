"""The way from zero GPU nodes to an image and back, of samples."""

import pytest

from lab.cloud.ack.journal import Happening, NodeEvent
from lab.lifecycle import LabError
from lab.timeline import SeenPods, Step, gpu_nodes, table, to_image, to_zero
from ops.pods import Moment, PodCount


def event(seconds: float, what: Happening, node: str = "gpu.4", gpus: int = 1) -> NodeEvent:
    return NodeEvent(seconds=seconds, node=node, gpus=gpus, event=what)


CAME = [
    event(90, "ordered", "old.3"),
    event(95, "gone", "old.3"),
    event(101, "ready", "cpu.1", gpus=0),
    event(102, "ordered"),
    event(106.5, "ready"),
]
SEEN = SeenPods(98, [Moment(0, PodCount()), Moment(3, PodCount(0, 1, 1)), Moment(10, PodCount(1, 1, 1))])


def test_each_step_to_the_image_is_counted_from_the_request() -> None:
    assert to_image(100, 109.5, SEEN, CAME) == [
        Step("pod made", 1),
        Step("GPU node ordered", 2),
        Step("GPU node ready", 6.5),
        Step("pod ready", 8),
        Step("image", 9.5),
    ]


def test_a_pod_that_was_seen_after_the_order_was_made_before_it() -> None:
    late = SeenPods(98, [Moment(4.2, PodCount(0, 1, 1)), *SEEN.moments[2:]])

    assert to_image(100, 109.5, late, CAME)[:2] == [Step("pod made", 2), Step("GPU node ordered", 2)]


def test_a_pod_that_answered_before_it_was_called_ready_has_no_such_step() -> None:
    unready = SeenPods(98, SEEN.moments[:2])

    assert [step.name for step in to_image(100, 109.5, unready, CAME)][-2:] == ["GPU node ready", "image"]


def test_a_request_that_no_node_came_for_was_not_from_zero() -> None:
    with pytest.raises(LabError, match="no GPU node was ordered"):
        to_image(100, 109.5, SEEN, CAME[:3])


def test_the_way_back_ends_with_the_last_gpu_node() -> None:
    pods = SeenPods(100, [Moment(0, PodCount(1, 1, 1)), Moment(18, PodCount())])
    went = [event(130, "leaving"), event(131, "leaving", "gpu.5"), event(132, "gone"), event(133, "gone", "gpu.5")]

    assert to_zero(102, pods, [*CAME, *went]) == [
        Step("last pod gone", 16),
        Step("last GPU node idle for long enough", 29),
        Step("last GPU node gone", 31),
    ]


def test_only_gpu_nodes_that_are_not_gone_count() -> None:
    assert gpu_nodes(CAME) == {"gpu.4"}
    assert gpu_nodes([*CAME, event(130, "gone")]) == set()


def test_the_table_shows_what_each_step_took_by_itself() -> None:
    drawn = table("from zero", [Step("pod made", 1), Step("image", 9.5)])

    assert [list(column.cells) for column in drawn.columns] == [["pod made", "image"], ["1.0", "9.5"], ["1.0", "8.5"]]
