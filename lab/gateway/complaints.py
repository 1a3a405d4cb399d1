"""What goes wrong in a loop that tries again: said once, not at every try."""


class Complaints:
    """of: what tries again, the beginning of each line."""

    def __init__(self, of: str):
        self._of = of
        self._last = ""

    def say(self, reason: str) -> None:
        """A line on standard output, unless the last one said the same."""
        if reason != self._last:
            print(f"{self._of}: {reason}; trying again", flush=True)
        self._last = reason

    def settle(self) -> None:
        """It went well: the same reason is worth a new line from here on."""
        self._last = ""
