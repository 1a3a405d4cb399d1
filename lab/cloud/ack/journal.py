"""What happened to nodes and when: the account orders them by itself, so that no call tells of it."""

import time
from typing import Literal

from pydantic import BaseModel

from lab.cloud.naming import new_id
from lab.cloud.store import Collection, Store

EVENTS = "node-event"
Happening = Literal["ordered", "ready", "announced", "leaving", "gone"]


class NodeEvent(BaseModel):
    """seconds: since 1970."""

    seconds: float
    node: str
    gpus: int
    event: Happening


class Journal:
    """Kept with the account's objects: after a restart it still tells which nodes are there."""

    def __init__(self, store: Store) -> None:
        self._events = Collection(store, EVENTS, NodeEvent, "NodeEvent.NotFound")

    def add(self, node: str, gpus: int, event: Happening) -> None:
        self._events.put(new_id(""), NodeEvent(seconds=time.time(), node=node, gpus=gpus, event=event))

    @property
    def events(self) -> list[NodeEvent]:
        """The oldest first."""
        return self._events.all()
