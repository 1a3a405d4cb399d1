"""The log of calls: what was asked of the account, never with what, since bodies may carry passwords."""

import threading
import time
from collections import deque
from pathlib import Path

from pydantic import BaseModel

from lab.cloud.naming import now

KEPT_IN_MEMORY = 5000


class Call(BaseModel):
    """ms: how long the answer took."""

    time: str
    product: str
    action: str
    status: int
    ms: int

    def line(self) -> str:
        return f"{self.time} {self.product} {self.action} {self.status} {self.ms} ms\n"


class CallLog:
    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()
        self._file = path.open("a", buffering=1)
        self._recent: deque[Call] = deque(maxlen=KEPT_IN_MEMORY)
        self._unknown: dict[str, None] = {}

    def add(self, product: str, action: str, status: int, started: float, unknown: bool = False) -> None:
        """started: time.monotonic() when the call came in."""
        ms = round((time.monotonic() - started) * 1000)
        call = Call(time=now(), product=product, action=action, status=status, ms=ms)
        with self._lock:
            self._recent.append(call)
            self._file.write(call.line())
            if unknown:
                self._unknown[f"{product} {action}"] = None

    @property
    def recent(self) -> list[Call]:
        with self._lock:
            return list(self._recent)

    @property
    def unknown(self) -> list[str]:
        """Actions that the account does not know, each once, in the order they were first asked for."""
        with self._lock:
            return list(self._unknown)

    def forget(self) -> None:
        """Start counting anew; the file stays."""
        with self._lock:
            self._recent.clear()
            self._unknown.clear()

    def close(self) -> None:
        self._file.close()
