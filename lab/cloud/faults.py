"""Trouble on demand: calls that are throttled, fail, come late, or whose answer never arrives."""

import random
import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from lab.cloud.errors import ApiError
from lab.cloud.wire import Answer, HttpRequest, Product

Kind = Literal["throttled", "unavailable", "slow", "timed-out", "reset", "answer-lost"]

# As the real account words them; the provider takes both as a reason to try again.
_REFUSALS = {
    "throttled": ApiError("Throttling.User", "Request was denied due to user flow control."),
    "unavailable": ApiError("ServiceUnavailable", "The request has failed due to a temporary failure.", 503),
}


class Fault(BaseModel):
    """What goes wrong with which calls.

    product, action: shell patterns of the names in the call log, such as vpc and Create*, or cs and "POST /clusters".
    kind: throttled, unavailable (503), slow (served late), timed-out (done at once, answered late: later than the
        client waits, if its time-out is below seconds), reset (connection broken, nothing done), answer-lost (done, but
        the connection breaks before the answer is through).
    skip: calls that match and are let through first. times: calls that go wrong then; None: all.
    seconds: how late a slow or timed-out answer is.
    chance: share of the matching calls that go wrong, drawn with the seed; the same calls in the same order meet the
        same faults.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    product: str = "*"
    action: str = "*"
    kind: Kind
    skip: int = Field(0, ge=0)
    times: int | None = Field(1, ge=1)
    seconds: float = Field(5.0, ge=0)
    chance: float = Field(1.0, gt=0, le=1)
    seed: int = 0


class Faults:
    """The plan in force. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._armed: list[_Armed] = []

    def plan(self, faults: Sequence[Fault]) -> None:
        """Replaces what was planned before and counts anew."""
        with self._lock:
            self._armed = [_Armed(fault) for fault in faults]

    def add(self, fault: Fault) -> None:
        """One more; the others go on counting."""
        with self._lock:
            self._armed.append(_Armed(fault))

    @property
    def planned(self) -> list[Fault]:
        with self._lock:
            return [armed.fault for armed in self._armed]

    @property
    def done(self) -> list[int]:
        """How often each planned fault has struck, in the order of the plan."""
        with self._lock:
            return [armed.struck for armed in self._armed]

    def answer(self, product: Product, request: HttpRequest) -> Answer:
        """The product's answer, or what the plan makes of it. Never raises."""
        fault = self._next(product.name, product.action(request))
        if fault is None:
            return product.answer(request)
        if fault.kind in _REFUSALS:
            return product.refusal(request, _REFUSALS[fault.kind])
        if fault.kind == "reset":
            return Answer(product.action(request), 0, None, lost=True)
        if fault.kind == "slow":
            time.sleep(fault.seconds)
            return product.answer(request)
        if fault.kind == "timed-out":
            answer = product.answer(request)
            time.sleep(fault.seconds)
            return answer
        return replace(product.answer(request), lost=True)

    def _next(self, product: str, action: str) -> Fault | None:
        with self._lock:
            return next((armed.fault for armed in self._armed if armed.strikes(product, action)), None)


class _Armed:
    """A fault with its counters."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        self.struck = 0
        self._seen = 0
        self._random = random.Random(fault.seed)

    def strikes(self, product: str, action: str) -> bool:
        fault = self.fault
        if not (fnmatchcase(product, fault.product) and fnmatchcase(action, fault.action)):
            return False
        self._seen += 1
        spent = fault.times is not None and self.struck >= fault.times
        if self._seen <= fault.skip or spent or self._random.random() >= fault.chance:
            return False
        self.struck += 1
        return True
