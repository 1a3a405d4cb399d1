"""Waiting for the cluster: until an object is ready, until it is gone, until what it needs is there."""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from .api import ApiError, Client
from .convert import Object
from .objects import title
from .readiness import Rule
from .story import blockers, conditions_told, why

DEFAULT_SECONDS = 600  # as in the official plugin
_MISSING_SECONDS = 30
_T = TypeVar("_T")


class NotReadyError(Exception):
    """Written, but not ready: the object is kept in the state and the next update goes on from it."""

    def __init__(self, live: Object, reasons: Sequence[str]):
        super().__init__("; ".join(reasons))
        self.live = live
        self.reasons = list(reasons)


class StillThereError(Exception):
    """Asked to go, but not gone."""


@dataclass(frozen=True)
class Waiter:
    """cancelled: ends every wait at once. tell: a line of progress for people. interval: seconds between two looks."""

    client: Client
    cancelled: threading.Event
    tell: Callable[[str], None]
    clock: Callable[[], float] = time.monotonic
    interval: float = 0.5

    def until_ready(self, live: Object, rules: Sequence[Rule], seconds: float) -> Object:
        """The object once every rule holds. A condition that is False may recover (a node is on its way): only time
        or cancellation ends the wait, with NotReadyError that says why.
        """
        since = self.clock()
        while wanted := ", ".join(rule.text for rule in rules if not rule.holds(live)):
            if end := self._ended(since, seconds):
                raise NotReadyError(live, [f"{title(live)}: not {wanted} {end}", *why(self.client, live)])
            self.tell(f"waiting for {wanted}: {conditions_told(live)[0]}")
            self.cancelled.wait(self.interval)
            now = self._look(live)
            if now is None:
                raise ApiError(404, f"{title(live)} was deleted by somebody else while Pulumi waited for {wanted}")
            live = now
        return live

    def until_gone(self, live: Object, seconds: float) -> None:
        """Raises StillThereError with what holds the object. Another object of the same name does not count."""
        since, uid = self.clock(), live["metadata"].get("uid")
        while (now := self._look(live)) and now["metadata"].get("uid") == uid:
            if end := self._ended(since, seconds):
                raise StillThereError(f"{title(now)} is still there {end}: {blockers(now)}")
            self.tell(f"deleting: {blockers(now)}")
            self.cancelled.wait(self.interval)

    def until_served(self, call: Callable[[], _T]) -> _T:
        """What `call` returns; a kind or namespace that is not there yet is waited for, half a minute at most."""
        since = self.clock()
        while True:
            try:
                return call()
            except ApiError as error:
                if not error.not_found or self._ended(since, _MISSING_SECONDS):
                    raise
                self.tell(f"waiting: {error}")
            self.cancelled.wait(self.interval)

    def _look(self, live: Object) -> Object | None:
        """As it is now; as it was if the API server does not answer for a moment."""
        try:
            return self.client.get(live)
        except ApiError as error:
            if not error.unreachable:
                raise
            self.tell(str(error))
            return live

    def _ended(self, since: float, seconds: float) -> str:
        if self.cancelled.is_set():
            return "when the update was cancelled"
        return f"after {seconds:g} s" if self.clock() - since >= seconds else ""


def patience(custom_timeout: float, annotated: str) -> float:
    """Seconds to wait: the resource's customTimeouts, else `pulumi.com/timeoutSeconds`, else ten minutes."""
    if custom_timeout:
        return custom_timeout
    return float(annotated) if annotated.isdigit() else DEFAULT_SECONDS
