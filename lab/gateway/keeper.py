"""Processes that run together and are started again when they die, whatever killed them."""

import subprocess
import threading
import time
from collections.abc import Mapping, Sequence

_LOOK_SECONDS = 0.2
_TOO_SOON_SECONDS = 5.0
_MOST_FAILURES = 3


class KeeperError(RuntimeError):
    """One of them does not stay up: it is of no use to go on trying."""


class Keeper:
    """commands: by the name that is told. All of them end with this process."""

    def __init__(self, commands: Mapping[str, Sequence[str]]):
        self._children = [_Child(name, command) for name, command in commands.items()]
        self._stopping = threading.Event()

    def run(self) -> None:
        """Until stop(). Raises KeeperError for one that ends soon after each of several starts."""
        try:
            while not self._stopping.is_set():
                for child in self._children:
                    child.keep()
                self._stopping.wait(_LOOK_SECONDS)
        finally:
            for child in self._children:
                child.end()

    def stop(self) -> None:
        self._stopping.set()


class _Child:
    def __init__(self, name: str, command: Sequence[str]):
        self._name = name
        # setpriv: it goes down with us even when we are killed.
        self._command = ["setpriv", "--pdeathsig", "TERM", *command]
        self._process: subprocess.Popen[bytes] | None = None
        self._started = 0.0
        self._failures = 0

    def keep(self) -> None:
        if self._process and self._process.poll() is None:
            return
        if self._process:
            self._judge(self._process.returncode)
        self._started = time.monotonic()
        self._process = subprocess.Popen(self._command)

    def _judge(self, status: int) -> None:
        soon = time.monotonic() - self._started < _TOO_SOON_SECONDS
        self._failures = self._failures + 1 if soon else 0
        said = f"{self._name} ended with status {status}"
        if self._failures >= _MOST_FAILURES:
            raise KeeperError(f"{said} soon after each of {_MOST_FAILURES} starts: its last messages are above")
        print(f"{said}; starting it again", flush=True)

    def end(self) -> None:
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
