"""`up` that is interrupted at random moments: whether the next one converges, and what is left of it."""

import os
import random
import signal
import subprocess
from collections.abc import Sequence

from lab.layout import Layout
from lab.tools.report import CONSOLE
from lab.trials import Counts, Trial, counts, has_changes, too_many, until_it_works
from lab.workspace import Workspace

# The same moments every time, as far as the machine is equally fast.
SEED = 7
INTERRUPTS = 4
# An interrupted engine waits for the calls under way, of which a cluster's creation is the longest.
_END_SECONDS = 300.0


def interrupted(layout: Layout, workspace: Workspace, expected: Counts, seconds: float) -> Trial:
    """Ctrl-C once: the calls under way end, and the state is whole. seconds: how long an `up` takes undisturbed."""
    planned = moments(seconds)
    struck = sum(interrupt(workspace, moment, refresh=place > 0) for place, moment in enumerate(planned))
    ups = until_it_works(workspace, "up", refresh=True)
    twice, changes = too_many(layout, expected), has_changes(workspace)
    destroys = until_it_works(workspace, "destroy")
    CONSOLE.print(f"interrupted: {struck} of {len(planned)} times, then up {ups} times", markup=False)
    return Trial("interrupted", len(planned), struck, len(planned) + ups, destroys, changes, twice, counts(layout))


def moments(seconds: float) -> Sequence[float]:
    """Seconds from the start of each `up` in turn: in the first half, for each has less to do than the one before."""
    draw = random.Random(SEED)
    return [draw.uniform(0, seconds / 2) for _ in range(INTERRUPTS)]


def interrupt(workspace: Workspace, after_seconds: float, refresh: bool) -> bool:
    """Whether `up` was still running by then. Returns once it has ended; one that does not end is killed."""
    look = ["--refresh"] if refresh else []
    with workspace.start("up", ["--yes", "--skip-preview", "--non-interactive", *look]) as engine:
        try:
            engine.wait(after_seconds)
            return False
        except subprocess.TimeoutExpired:
            # To the whole group, as a terminal does.
            os.killpg(engine.pid, signal.SIGINT)
        try:
            engine.wait(_END_SECONDS)
        finally:
            engine.kill()
    CONSOLE.print(f"  interrupted after {after_seconds:.1f} s", markup=False)
    return True
