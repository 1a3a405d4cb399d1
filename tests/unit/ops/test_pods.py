import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from kubernetes import client

from ops.pods import PodCount, PodsError, PodWatch, count_pods

Pod = client.V1Pod


def pod(ready: bool = True, terminating: bool = False) -> Pod:
    condition = client.V1PodCondition(type="Ready", status="True" if ready else "False")
    deleted = datetime(2026, 1, 1, tzinfo=UTC) if terminating else None
    return Pod(
        metadata=client.V1ObjectMeta(deletion_timestamp=deleted), status=client.V1PodStatus(conditions=[condition])
    )


@pytest.mark.parametrize(
    ("pods", "count"),
    [
        ([], PodCount(0, 0, 0)),
        ([pod(), pod(ready=False)], PodCount(ready=1, active=2, total=2)),
        ([pod(), pod(terminating=True)], PodCount(ready=1, active=1, total=2)),
        ([Pod(metadata=client.V1ObjectMeta(), status=client.V1PodStatus())], PodCount(ready=0, active=1, total=1)),
    ],
)
def test_pods_on_their_way_out_count_only_in_total(pods: list[Pod], count: PodCount) -> None:
    assert count_pods(pods) == count


class Listings:
    """What each look at the cluster finds; the last one is found again and again."""

    def __init__(self, *listings: list[Pod] | Exception):
        self._left = list(listings)
        self.exhausted = threading.Event()

    def __call__(self) -> list[Pod]:
        current = self._left[0]
        if len(self._left) == 1:
            self.exhausted.set()
        else:
            self._left.pop(0)
        if isinstance(current, Exception):
            raise current
        return current


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., PodWatch]]:
    monkeypatch.setattr("ops.pods._PERIOD_SECONDS", 0.001)

    def build(*listings: list[Pod] | Exception) -> PodWatch:
        found = Listings(*listings)
        watching = PodWatch("", "default", "sd", list_pods=found)
        watching.__enter__()
        watches.append(watching)
        assert found.exhausted.wait(10)
        return watching

    watches: list[PodWatch] = []
    yield build
    for watching in watches:
        watching.__exit__(None, None, None)


def test_the_timeline_has_one_entry_per_change(watch: Callable[..., PodWatch]) -> None:
    watching = watch([], [], [pod()], [pod()], [pod(terminating=True)], [])
    watching.wait_until(0, timeout=10)

    assert [moment.pods for moment in watching.timeline] == [
        PodCount(0, 0, 0),
        PodCount(1, 1, 1),
        PodCount(0, 0, 1),
        PodCount(0, 0, 0),
    ]


def test_the_peak_is_of_pods_that_took_requests_at_one_time(watch: Callable[..., PodWatch]) -> None:
    watching = watch([pod(), pod(ready=False)], [pod(), pod(), pod(terminating=True)], [pod()])

    assert watching.peak == 2


def test_zero_is_reached_when_the_last_pod_is_gone(watch: Callable[..., PodWatch]) -> None:
    watching = watch([pod()], [])

    assert watching.wait_until(0, timeout=10) < 10
    assert watching.count == 0


def test_pods_that_stay_are_counted_in_the_complaint(watch: Callable[..., PodWatch]) -> None:
    watching = watch([pod(), pod(terminating=True)])

    with pytest.raises(PodsError, match=r"2 pods after 0\.05 s, not 0 \(1 ready, 1 not terminating\)"):
        watching.wait_until(0, timeout=0.05)


def test_an_api_server_that_is_away_for_a_moment_does_not_matter(watch: Callable[..., PodWatch]) -> None:
    watching = watch([pod()], ConnectionError("away"), [])

    assert watching.wait_until(0, timeout=10) < 10


def test_pods_that_cannot_be_counted_are_not_taken_for_none(watch: Callable[..., PodWatch]) -> None:
    watching = watch([], ConnectionError("away"))

    with pytest.raises(PodsError, match="cannot be counted: away"):
        watching.wait_until(0, timeout=0.05)
