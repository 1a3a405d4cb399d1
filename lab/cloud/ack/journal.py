"""What happened to nodes and when: the account orders them by itself, so that no call tells of it."""

import threading
import time
from collections import deque
from typing import Literal

from pydantic import BaseModel

KEPT = 1000
Happening = Literal["ordered", "ready", "leaving", "gone"]


class NodeEvent(BaseModel):
    """seconds: since 1970."""

    seconds: float
    node: str
    gpus: int
    event: Happening


class Journal:
    """In memory, the oldest first; usable from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._events: deque[NodeEvent] = deque(maxlen=KEPT)

    def add(self, node: str, gpus: int, event: Happening) -> None:
        with self._lock:
            self._events.append(NodeEvent(seconds=time.time(), node=node, gpus=gpus, event=event))

    @property
    def events(self) -> list[NodeEvent]:
        with self._lock:
            return list(self._events)
