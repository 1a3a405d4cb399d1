"""A recovery as a trial sees it, and a session that is killed, played by shells."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import pytest

from lab.cluster.commands import wait_until
from lab.kills import kill, kill_session
from lab.lifecycle import LabError
from lab.recovery import recover
from lab.workspace import Workspace


class Place:
    """What a recovery takes from a workspace, and an `up` that is a shell command."""

    stack, config, checkout = "local", Path("Pulumi.local.yaml"), Path()
    environment = dict(os.environ)

    def __init__(self, command: str = "true") -> None:
        self._command = command
        self.engines: list[subprocess.Popen[bytes]] = []

    def start(self, verb: str, arguments: Sequence[str]) -> subprocess.Popen[bytes]:
        self.engines.append(
            subprocess.Popen(["sh", "-c", self._command], start_new_session=True, stdout=subprocess.PIPE)
        )
        return self.engines[-1]


def answering(monkeypatch: pytest.MonkeyPatch, *answers: tuple[int, str]) -> list[list[str]]:
    """Each attempt gets the next answer, exit status and output; the attempts so far."""
    attempts: list[list[str]] = []

    def run(command: list[str], **_: Any) -> subprocess.CompletedProcess[str]:
        attempts.append(command)
        status, said = answers[len(attempts) - 1]
        return subprocess.CompletedProcess(command, status, said, "")

    monkeypatch.setattr("lab.recovery.subprocess.run", run)
    return attempts


@pytest.mark.parametrize(("said", "adopted"), [("adopted 3, cleared 4 …", 3), ("nothing to recover: …", 0)])
def test_what_was_adopted_is_counted(monkeypatch: pytest.MonkeyPatch, said: str, adopted: int) -> None:
    attempts = answering(monkeypatch, (0, said))

    assert recover(cast(Workspace, Place())) == adopted
    asked = "-m ops recover local --config-file Pulumi.local.yaml --yes --spares --program ."
    assert attempts == [[sys.executable, *asked.split()]]


def test_trouble_that_strikes_the_recovery_itself_is_met_by_another_one(monkeypatch: pytest.MonkeyPatch) -> None:
    attempts = answering(monkeypatch, (2, "connection reset"), (0, "adopted 1, …"))

    assert recover(cast(Workspace, Place())) == 1
    assert len(attempts) == 2


@pytest.mark.parametrize("answers", [[(1, "two fit")], [(2, "no keys")] * 5], ids=["undecided", "always refused"])
def test_what_a_person_must_look_at_ends_the_trial(
    monkeypatch: pytest.MonkeyPatch, answers: list[tuple[int, str]]
) -> None:
    answering(monkeypatch, *answers)

    with pytest.raises(LabError, match=answers[0][1]):
        recover(cast(Workspace, Place()))


def test_a_kill_takes_processes_of_other_groups_with_it() -> None:
    # `set -m` gives the child a process group of its own, as the engine does with its plugins.
    place = Place("set -m; sleep 60 & echo $!; wait")
    engine = place.start("up", [])
    assert engine.stdout is not None
    child = int(engine.stdout.readline())

    kill_session(engine.pid)
    engine.wait()

    # The pipe ends with its last writer.
    assert engine.stdout.read() == b""
    engine.stdout.close()
    # It lets go of the pipe a moment before it counts as ended.
    wait_until(lambda: not _runs(child), "it has ended", timeout=30, pause=0.01)


@pytest.mark.parametrize(("command", "seconds", "killed"), [("sleep 60; true", 0.05, True), ("true", 10, False)])
def test_only_one_that_runs_is_killed(command: str, seconds: float, killed: bool) -> None:
    place = Place(command)

    assert kill(cast(Workspace, place), "up", seconds) is killed
    assert (place.engines[0].returncode != 0) is killed


def _runs(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"
