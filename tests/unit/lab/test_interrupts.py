"""An engine that is interrupted, played by a shell."""

import subprocess
from collections.abc import Sequence
from typing import cast

import pytest

from lab.interrupts import INTERRUPTS, interrupt, moments
from lab.workspace import Workspace


class Shell:
    """A workspace whose `up` is a shell command."""

    def __init__(self, command: str) -> None:
        self._command = command
        self.engines: list[subprocess.Popen[bytes]] = []
        self.arguments: Sequence[str] = ()

    def start(self, verb: str, arguments: Sequence[str]) -> subprocess.Popen[bytes]:
        self.arguments = arguments
        self.engines.append(subprocess.Popen(["sh", "-c", self._command], start_new_session=True))
        return self.engines[-1]


@pytest.mark.parametrize("refresh", [False, True])
def test_one_that_runs_is_interrupted_and_has_ended(refresh: bool) -> None:
    shell = Shell("sleep 60; true")

    assert interrupt(cast(Workspace, shell), after_seconds=0.05, refresh=refresh)
    assert shell.engines[0].returncode
    assert ("--refresh" in shell.arguments) is refresh


def test_one_that_has_ended_is_not_interrupted() -> None:
    shell = Shell("true")

    assert not interrupt(cast(Workspace, shell), after_seconds=10, refresh=False)


def test_the_moments_are_the_same_every_time_and_in_the_first_half() -> None:
    assert moments(10) == moments(10)
    assert len({moment for moment in moments(10) if 0 <= moment <= 5}) == INTERRUPTS
