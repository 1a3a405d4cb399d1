"""What set-up tells the person who waits: which way each tool came, and how far a long build is."""

import sys
import time

from rich.console import Console

# Everything goes to stderr: the stdout of `make preview` belongs to pulumi.
CONSOLE = Console(stderr=True, highlight=False)
QUIET_SECONDS = 10  # without a terminal: a line at most this often


class ToolError(Exception):
    """A tool cannot be had here; the message says why and what to do."""


def say(tool: str, text: str) -> None:
    """One line about one tool."""
    CONSOLE.print(f"[bold]{tool:<20}[/bold] {text}", soft_wrap=True)


class Progress:
    """A line that is rewritten on a terminal and repeated now and then elsewhere."""

    def __init__(self, tool: str):
        self._tool = tool
        self._start = time.monotonic()
        self._last = 0.0

    def seconds(self) -> float:
        return time.monotonic() - self._start

    def update(self, text: str) -> None:
        now = time.monotonic()
        pause = 0.2 if CONSOLE.is_terminal else QUIET_SECONDS
        if now - self._last < pause:
            return
        self._last = now
        line = f"{self._tool:<20} {text} ({self.seconds():.0f} s)"
        if CONSOLE.is_terminal:
            sys.stderr.write(f"\r\x1b[2K{line[: CONSOLE.width - 1]}")
            sys.stderr.flush()
        else:
            CONSOLE.print(line, soft_wrap=True)

    def done(self, text: str) -> None:
        if CONSOLE.is_terminal:
            sys.stderr.write("\r\x1b[2K")
        say(self._tool, f"{text} ({self.seconds():.0f} s)")
