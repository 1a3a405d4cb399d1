"""From zero GPU nodes to an image, and back to zero: which step took how long."""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from rich.table import Table

from lab.cloud.ack.journal import Happening, NodeEvent
from lab.layout import Layout
from lab.lifecycle import LabError, control
from ops.pods import Moment, PodCount

LOOK_SECONDS = 0.5


class Step(NamedTuple):
    """seconds: when it ended, since the request, or since the last answer on the way back."""

    name: str
    seconds: float


@dataclass(frozen=True)
class SeenPods:
    """What a PodWatch saw; began: when the watch did, in seconds since 1970 as all times here."""

    began: float
    moments: Sequence[Moment]

    def first(self, since: float, wanted: Callable[[PodCount], bool]) -> float:
        """When it was so for the first time since then. Raises LabError."""
        for moment in self.moments:
            if self.began + moment.seconds >= since and wanted(moment.pods):
                return self.began + moment.seconds
        raise LabError("the pods did not do what the timeline expects of them")


def to_image(asked: float, answered: float, pods: SeenPods, events: Iterable[NodeEvent]) -> list[Step]:
    """Of a request that found no GPU node. Raises LabError if no node came for it.

    Knative's activator asks the pod itself and may be served before Kubernetes calls it ready: that step is then left
    out.
    """
    came = [event for event in events if event.gpus and asked <= event.seconds <= answered]
    ordered = _first(came, "ordered")
    ready = [at for moment in pods.moments if moment.pods.ready and asked <= (at := pods.began + moment.seconds)]
    ends = {
        # Pods are looked at so seldom that the order may be noted before its reason.
        "pod made": min(ordered, pods.first(asked, lambda count: count.total > 0)),
        "GPU node ordered": ordered,
        "GPU node ready": _first(came, "ready"),
    }
    if ready and ready[0] <= answered:
        ends["pod ready"] = ready[0]
    ends["image"] = answered
    return [Step(name, end - asked) for name, end in ends.items()]


def to_zero(answered: float, pods: SeenPods, events: Iterable[NodeEvent]) -> list[Step]:
    """After the last answer. Raises LabError if no node went."""
    went = [event for event in events if event.gpus and event.seconds >= answered]
    ends = {
        "last pod gone": pods.first(answered, lambda count: count.total == 0),
        "last GPU node idle for long enough": _first(reversed(went), "leaving"),
        "last GPU node gone": _first(reversed(went), "gone"),
    }
    return [Step(name, end - answered) for name, end in ends.items()]


def wait_for_zero_nodes(layout: Layout, timeout: float) -> list[NodeEvent]:
    """What happened to nodes until no GPU node was there any more. Raises LabError after timeout seconds."""
    end = time.monotonic() + timeout
    while left := gpu_nodes(events := node_events(layout)):
        if time.monotonic() > end:
            raise LabError(f"GPU nodes are still there after {timeout:g} s: {', '.join(sorted(left))}")
        time.sleep(LOOK_SECONDS)
    return events


def node_events(layout: Layout) -> list[NodeEvent]:
    with control(layout) as account:
        answer = account.get("/lab/nodes").raise_for_status().json()
    return [NodeEvent.model_validate(event) for event in answer]


def gpu_nodes(events: Iterable[NodeEvent]) -> set[str]:
    """Those that were ordered and are not gone."""
    last = {event.node: event.event for event in events if event.gpus}
    return {node for node, event in last.items() if event != "gone"}


def table(title: str, steps: Sequence[Step]) -> Table:
    """Each step with when it ended and how long it took by itself."""
    drawn = Table("step", "after, seconds", "took, seconds", title=title)
    before = 0.0
    for name, seconds in steps:
        drawn.add_row(name, f"{seconds:.1f}", f"{seconds - before:.1f}")
        before = seconds
    return drawn


def _first(events: Iterable[NodeEvent], wanted: Happening) -> float:
    for event in events:
        if event.event == wanted:
            return event.seconds
    raise LabError(f"no GPU node was {wanted} in that time")
