"""`up` and `destroy` that are killed at random moments: whether `ops recover` and the next one mend it."""

import os
import signal
import subprocess
from collections.abc import Iterable
from pathlib import Path

from lab.interrupts import moments
from lab.layout import Layout
from lab.recovery import cancel, recover
from lab.tools.report import CONSOLE
from lab.trials import Counts, Trial, counts, has_changes, too_many, until_it_works
from lab.workspace import Workspace

# Of the fields of /proc/<pid>/stat that follow the program's name.
_SESSION = 3
_DESTROYS_KILLED = 2


def killed(layout: Layout, workspace: Workspace, expected: Counts, seconds: float) -> Trial:
    """kill -9, then `pulumi cancel` and a recovery each time. seconds: how long an `up` takes undisturbed."""
    planned, adopted, struck = moments(seconds), 0, 0
    for moment in planned:
        struck += kill(workspace, "up", moment)
        cancel(workspace)
        adopted += recover(workspace)
    ups = until_it_works(workspace, "up", refresh=True)
    twice, changes = too_many(layout, expected), has_changes(workspace)
    for moment in planned[:_DESTROYS_KILLED]:
        struck += kill(workspace, "destroy", moment)
        cancel(workspace)
    destroys = until_it_works(workspace, "destroy", refresh=True)
    times = len(planned) + _DESTROYS_KILLED
    CONSOLE.print(f"killed: {struck} of {times} times, {adopted} objects adopted, then up {ups} times", markup=False)
    figures = (times, struck, len(planned) + ups, _DESTROYS_KILLED + destroys)
    return Trial("killed", *figures, changes, twice, counts(layout), adopted)


def kill(workspace: Workspace, verb: str, after_seconds: float) -> bool:
    """Whether it was still running by then. Plugins die too, as when the machine does: alone they would go on calling.

    With a look at the account first, as a person is told to.
    """
    with workspace.start(verb, ["--yes", "--skip-preview", "--non-interactive", "--refresh"]) as engine:
        try:
            engine.wait(after_seconds)
            return False
        except subprocess.TimeoutExpired:
            kill_session(engine.pid)
    CONSOLE.print(f"  {verb} killed after {after_seconds:.1f} s", markup=False)
    return True


def kill_session(leader: int) -> None:
    """The leader of a session first, so that nobody sees another process of it die."""
    os.kill(leader, signal.SIGKILL)
    for pid in _of_session(leader):
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue


def _of_session(leader: int) -> Iterable[int]:
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(fields[_SESSION]) == leader:
            yield int(status.parent.name)
