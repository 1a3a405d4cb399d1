import json
import queue
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from kubernetes.client.exceptions import ApiException

from lab.gateway.kube import Copy

Item = dict[str, Any]


def item(name: str, value: int = 1) -> Item:
    return {"metadata": {"namespace": "default", "name": name}, "value": value}


class Stream:
    """A response as urllib3 gives it: chunks of lines until the queue says None."""

    status = 200

    def __init__(self, events: "queue.Queue[Item | None]"):
        self._events = events

    def stream(self, **_: Any) -> Iterator[bytes]:
        while (event := self._events.get()) is not None:
            yield json.dumps(event).encode() + b"\n"

    def close(self) -> None: ...
    def release_conn(self) -> None: ...


@dataclass
class Listed:
    data: str


@dataclass
class Api:
    """A list method of the client: `items` at every list, `events` while watched."""

    items: list[Item] = field(default_factory=list)
    failures: list[Exception] = field(default_factory=list)
    events: "queue.Queue[Item | None]" = field(default_factory=queue.Queue)
    arguments: list[dict[str, Any]] = field(default_factory=list)
    __name__ = "list_things"

    def __call__(self, watch: bool = False, **arguments: Any) -> Any:
        self.arguments.append(arguments)
        if watch:
            return Stream(self.events)
        if self.failures:
            raise self.failures.pop(0)
        return Listed(json.dumps({"metadata": {"resourceVersion": "7"}, "items": self.items}))


@pytest.fixture
def api() -> Iterator[Api]:
    api = Api()
    yield api
    api.events.put(None)


@pytest.fixture
def changed() -> threading.Event:
    return threading.Event()


def started(api: Api, changed: threading.Event) -> Copy:
    copy = Copy(api, changed, namespace="default")
    copy.start()
    assert changed.wait(10)
    changed.clear()
    return copy


def values(copy: Copy) -> dict[str, int]:
    return {each["metadata"]["name"]: each["value"] for each in copy.objects()}


def test_a_copy_begins_with_what_is_listed(api: Api, changed: threading.Event) -> None:
    api.items = [item("a"), item("b")]

    copy = started(api, changed)

    assert copy.is_complete
    assert values(copy) == {"a": 1, "b": 1}
    assert api.arguments[0]["namespace"] == "default"


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        ({"type": "ADDED", "object": item("b")}, {"a": 1, "b": 1}),
        ({"type": "MODIFIED", "object": item("a", 2)}, {"a": 2}),
        ({"type": "DELETED", "object": item("a")}, {}),
    ],
)
def test_a_copy_follows_what_happens(api: Api, changed: threading.Event, event: Item, expected: dict[str, int]) -> None:
    api.items = [item("a")]
    copy = started(api, changed)

    api.events.put(event)
    assert changed.wait(10)

    assert values(copy) == expected


def test_a_watch_that_ends_is_followed_by_a_new_list(api: Api, changed: threading.Event) -> None:
    api.items = [item("a")]
    copy = started(api, changed)

    api.items = [item("b")]
    api.events.put(None)
    assert changed.wait(10)

    assert values(copy) == {"b": 1}


def test_a_kind_that_the_cluster_does_not_know_has_no_objects(api: Api, changed: threading.Event) -> None:
    api.failures = [ApiException(status=404)]

    copy = started(api, changed)

    assert copy.is_complete
    assert copy.objects() == []


def test_an_api_server_that_fails_is_not_taken_for_an_empty_cluster(
    api: Api, changed: threading.Event, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("lab.gateway.kube._RETRY_SECONDS", 0.001)
    api.failures = [ApiException(status=500, reason="Internal Server Error") for _ in range(3)]
    api.items = [item("a")]

    copy = started(api, changed)

    assert values(copy) == {"a": 1}
    assert capsys.readouterr().out == "watch of list_things: 500 Internal Server Error; trying again\n"
