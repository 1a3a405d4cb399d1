"""What failed is left alone for a while."""

from collections.abc import Callable


class Backoff:
    """seconds: how long, as it is now; clock: seconds that only grow."""

    def __init__(self, seconds: Callable[[], float], clock: Callable[[], float]) -> None:
        self._seconds = seconds
        self._clock = clock
        self._faults: dict[str, int] = {}
        self._until: dict[str, float] = {}

    def begins(self, name: str, faults: int) -> bool:
        """Whether one is left alone from now on, or for longer: its faults have become more."""
        if faults <= self._faults.get(name, 0):
            return False
        self._faults[name] = faults
        self.hold(name)
        return True

    def hold(self, name: str) -> None:
        """It is left alone from now on."""
        self._until[name] = self._clock() + self._seconds()

    def holds(self, name: str) -> bool:
        return self._until.get(name, 0) > self._clock()
