"""`make faults`: the whole stack while the account's API has trouble, and what that leaves behind.

A run without trouble shows which calls there are. Then, kind by kind, each of them goes wrong once: `up` is repeated
until it succeeds, and so is `destroy`. Afterwards nothing may be there twice, and nothing may be left. Where the answer
to a call is lost or comes after the provider's time-out, `ops recover` runs after each `up`. Then calls drawn by lot go
wrong in all of these ways. Last, `up` and `destroy` are interrupted or killed at random moments.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from lab.interrupts import interrupted
from lab.kills import killed
from lab.layout import Layout
from lab.lifecycle import LabError, bring_down, bring_up, control, is_up
from lab.recovery import recover
from lab.tools.install import install_pulumi
from lab.tools.report import CONSOLE
from lab.trials import Counts, Trial, counts, has_changes, summary, too_many, until_it_works
from lab.workspace import Workspace, lab_workspace

SLOW, TIMED_OUT = "slow", "timed-out"
LOST = "answer-lost"
RANDOM = "random"
CALLS = ("throttled", "unavailable", SLOW, "reset", LOST, TIMED_OUT, RANDOM)
# After these, objects may be there that the state does not know.
_UNKNOWN_END = (LOST, TIMED_OUT, RANDOM)
# The provider waits a minute for an answer if it is not told otherwise: 36 calls would take as many minutes.
_IMPATIENT = {"CLIENT_READ_TIMEOUT": "4000"}
_LATE_SECONDS = {SLOW: 2.0, TIMED_OUT: 6.0}
# For each kind: one call in ten, the same ones every time, as far as the engine asks in the same order.
_DRAWN = {"chance": 0.1, "times": 8}
MOMENTS: Mapping[str, Callable[[Layout, Workspace, Counts, float], Trial]] = {
    "interrupted": interrupted,
    "killed": killed,
}
KINDS = (*CALLS, *MOMENTS)

Calls = Sequence[tuple[str, str]]


def run_faults(layout: Layout, kinds: Sequence[str] = KINDS) -> bool:
    """Prints a line per kind; whether all of them converged. Raises LabError for a kind that there is not."""
    if unknown := set(kinds) - set(KINDS):
        raise LabError(f"no trouble is called {', '.join(sorted(unknown))}. Mend: one of {', '.join(KINDS)}.")
    if is_up(layout):
        raise LabError("a lab is up already, and the trials start from nothing. Mend: `make lab-down`, then again.")
    installed = install_pulumi()
    workspace, impatient = lab_workspace(layout, installed), lab_workspace(layout, installed, _IMPATIENT)
    bring_up(layout, afresh=True)
    try:
        workspace.prepare()
        calls, expected, seconds = _without_trouble(layout, workspace)
        trials = [
            _trial(layout, impatient if kind in (TIMED_OUT, RANDOM) else workspace, kind, calls, expected)
            for kind in CALLS
            if kind in kinds
        ]
        trials += [trial(layout, workspace, expected, seconds) for kind, trial in MOMENTS.items() if kind in kinds]
    finally:
        bring_down(layout)
    summary(trials)
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
    adopted: list[int] = []

    def mend() -> None:
        if kind in _UNKNOWN_END:
            adopted.append(recover(workspace))

    faults = plan_of(kind, calls)
    _plan(layout, faults)
    ups = until_it_works(workspace, "up", between=mend)
    mend()
    # An `up` that succeeds may have made a twin too: where the provider itself repeated a call.
    while adopted and adopted[-1]:
        ups += until_it_works(workspace, "up", refresh=True, between=mend)
        mend()
    twice, changes = too_many(layout, expected), has_changes(workspace)
    destroys = until_it_works(workspace, "destroy")
    struck = _plan(layout, [])
    planned = sum(fault.get("times", 1) for fault in faults)
    trial = Trial(kind, planned, struck, ups, destroys, changes, twice, counts(layout), sum(adopted))
    CONSOLE.print(f"{kind}: {struck} of {planned} struck, up {ups} times, destroy {destroys} times", markup=False)
    with control(layout) as client:
        client.post("/lab/reset").raise_for_status()
    return trial


def plan_of(kind: str, calls: Calls) -> Sequence[Mapping[str, Any]]:
    """Every call once, or some of them in every way."""
    if kind == RANDOM:
        return [{**_late(one), "seed": seed, **_DRAWN} for seed, one in enumerate(CALLS) if one != RANDOM]
    return [{"product": product, "action": action, **_late(kind)} for product, action in calls]


def _late(kind: str) -> Mapping[str, Any]:
    return {"kind": kind, "seconds": _LATE_SECONDS[kind]} if kind in _LATE_SECONDS else {"kind": kind}


def _plan(layout: Layout, faults: Sequence[Mapping[str, Any]]) -> int:
    """Puts a plan in force; how often the one before has struck."""
    with control(layout) as client:
        struck = sum(map(int, client.get("/lab/faults").raise_for_status().json()["done"]))
        client.put("/lab/faults", json=list(faults)).raise_for_status()
    return struck
