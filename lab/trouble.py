"""`make faults`: the whole stack while the account's API has trouble, and what that leaves behind.

A run without trouble shows which calls there are. Then, kind by kind, each of them goes wrong once: `up` is repeated
until it succeeds, and so is `destroy`. Afterwards nothing may be there twice, and nothing may be left. Last, `up` is
interrupted at random moments.
"""

import time
from collections.abc import Mapping, Sequence

from lab import interrupts
from lab.layout import Layout
from lab.lifecycle import LabError, bring_down, bring_up, control, is_up
from lab.tools.install import install_pulumi
from lab.tools.report import CONSOLE
from lab.trials import Counts, Trial, counts, has_changes, summary, too_many, until_it_works
from lab.workspace import Workspace, lab_workspace

KINDS = ("throttled", "unavailable", "reset", "answer-lost")
# The provider asks anew each time and finds nothing of its own again (the account then refuses, or has a second one):
# docs/runbooks/failed-up.md.
NEEDS_A_HAND = (
    ("answer-lost", "AssociateEipAddress"),
    ("answer-lost", "POST /clusters"),
    ("answer-lost", "POST /clusters/{cluster}/nodepools"),
)

Calls = Sequence[tuple[str, str]]


def run_faults(layout: Layout) -> bool:
    """Prints a line per kind; whether all of them converged."""
    if is_up(layout):
        raise LabError("a lab is up already, and the trials start from nothing. Mend: `make lab-down`, then again.")
    workspace = lab_workspace(layout, install_pulumi())
    bring_up(layout)
    try:
        workspace.prepare()
        calls, expected, seconds = _without_trouble(layout, workspace)
        trials = [_trial(layout, workspace, kind, calls, expected) for kind in KINDS]
        trials.append(interrupts.interrupted(layout, workspace, expected, seconds))
    finally:
        bring_down(layout)
    summary(trials)
    for kind, action in NEEDS_A_HAND:
        CONSOLE.print(f"left out: {action} with {kind}, which no repetition mends", markup=False)
    return all(trial.converged for trial in trials)


def _without_trouble(layout: Layout, workspace: Workspace) -> tuple[Calls, Counts, float]:
    """Calls, objects, and how long `up` takes in seconds."""
    start = time.monotonic()
    until_it_works(workspace, "up")
    seconds = time.monotonic() - start
    expected = counts(layout)
    until_it_works(workspace, "destroy")
    with control(layout) as client:
        log = client.get("/lab/calls").raise_for_status().json()
    if log["unknown"]:
        raise LabError(f"the account does not know {', '.join(log['unknown'])}. Mend: add them below lab/cloud.")
    calls = dict.fromkeys((call["product"], call["action"]) for call in log["calls"])
    CONSOLE.print(f"without trouble: {len(calls)} different calls, {sum(expected.values())} objects", markup=False)
    return list(calls), expected, seconds


def _trial(layout: Layout, workspace: Workspace, kind: str, calls: Calls, expected: Counts) -> Trial:
    calls = [(product, action) for product, action in calls if (kind, action) not in NEEDS_A_HAND]
    _plan(layout, [{"product": product, "action": action, "kind": kind} for product, action in calls])
    ups = until_it_works(workspace, "up")
    twice, changes = too_many(layout, expected), has_changes(workspace)
    destroys = until_it_works(workspace, "destroy")
    struck = _plan(layout, [])
    trial = Trial(kind, len(calls), struck, ups, destroys, changes, twice, counts(layout))
    CONSOLE.print(f"{kind}: {struck} of {len(calls)} struck, up {ups} times, destroy {destroys} times", markup=False)
    with control(layout) as client:
        client.post("/lab/reset").raise_for_status()
    return trial


def _plan(layout: Layout, faults: Sequence[Mapping[str, str]]) -> int:
    """Puts a plan in force; how often the one before has struck."""
    with control(layout) as client:
        struck = sum(map(int, client.get("/lab/faults").raise_for_status().json()["done"]))
        client.put("/lab/faults", json=list(faults)).raise_for_status()
    return struck
