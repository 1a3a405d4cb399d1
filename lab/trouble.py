"""`make faults`: the whole stack while the account's API has trouble, and what that leaves behind.

A run without trouble shows which calls there are. Then, kind by kind, each of them goes wrong once: `up` is repeated
until it succeeds, and so is `destroy`. Afterwards nothing may be there twice, and nothing may be left.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rich.table import Table

from lab.layout import Layout
from lab.lifecycle import LabError, bring_down, bring_up, control, is_up, left_in_account
from lab.tools.install import install_pulumi
from lab.tools.report import CONSOLE
from lab.workspace import Workspace, lab_workspace

KINDS = ("throttled", "unavailable", "reset", "answer-lost")
# Each repetition meets the calls that come after the one that the last ended at: more than the longest chain.
MOST_REPETITIONS = 30

# The provider asks anew each time and finds nothing of its own again (the account then refuses, or has a second one):
# docs/runbooks/failed-up.md.
NEEDS_A_HAND = (
    ("answer-lost", "AssociateEipAddress"),
    ("answer-lost", "POST /clusters"),
    ("answer-lost", "POST /clusters/{cluster}/nodepools"),
)

Calls = Sequence[tuple[str, str]]
Counts = Mapping[str, int]


@dataclass(frozen=True)
class Trial:
    """One kind of trouble. twice, orphans: objects too many after `up` and left after `destroy`, by kind."""

    kind: str
    planned: int
    struck: int
    ups: int
    destroys: int
    changes: bool
    twice: Counts
    orphans: Counts

    @property
    def converged(self) -> bool:
        return not (self.changes or self.twice or self.orphans)


def run_faults(layout: Layout) -> bool:
    """Prints a line per kind; whether all of them converged."""
    if is_up(layout):
        raise LabError("a lab is up already, and the trials start from nothing. Mend: `make lab-down`, then again.")
    workspace = lab_workspace(layout, install_pulumi())
    bring_up(layout)
    try:
        workspace.prepare()
        calls, expected = _without_trouble(layout, workspace)
        trials = [_trial(layout, workspace, kind, calls, expected) for kind in KINDS]
    finally:
        bring_down(layout)
    _summary(trials)
    return all(trial.converged for trial in trials)


def _without_trouble(layout: Layout, workspace: Workspace) -> tuple[Calls, Counts]:
    _until_it_works(workspace, "up")
    expected = _counts(layout)
    _until_it_works(workspace, "destroy")
    with control(layout) as client:
        log = client.get("/lab/calls").raise_for_status().json()
    if log["unknown"]:
        raise LabError(f"the account does not know {', '.join(log['unknown'])}. Mend: add them below lab/cloud.")
    calls = dict.fromkeys((call["product"], call["action"]) for call in log["calls"])
    CONSOLE.print(f"without trouble: {len(calls)} different calls, {sum(expected.values())} objects", markup=False)
    return list(calls), expected


def _trial(layout: Layout, workspace: Workspace, kind: str, calls: Calls, expected: Counts) -> Trial:
    calls = [(product, action) for product, action in calls if (kind, action) not in NEEDS_A_HAND]
    _plan(layout, [{"product": product, "action": action, "kind": kind} for product, action in calls])
    ups = _until_it_works(workspace, "up")
    twice = Counter(_counts(layout)) - Counter(expected)
    changes = workspace.run("preview", ["--expect-no-changes"], capture=True).returncode != 0
    destroys = _until_it_works(workspace, "destroy")
    struck = _plan(layout, [])
    trial = Trial(kind, len(calls), struck, ups, destroys, changes, twice, _counts(layout))
    CONSOLE.print(f"{kind}: {struck} of {len(calls)} struck, up {ups} times, destroy {destroys} times", markup=False)
    with control(layout) as client:
        client.post("/lab/reset").raise_for_status()
    return trial


def _until_it_works(workspace: Workspace, verb: str) -> int:
    """How often it was run.

    Repeated with a refresh: the provider keeps an addon in the state whose installation never reached the account, and
    without a look at the account every further `up` would try to update what is not there.
    """
    for count in range(1, MOST_REPETITIONS + 1):
        refresh = ["--refresh"] if count > 1 else []
        done = workspace.run(verb, ["--yes", "--skip-preview", "--non-interactive", *refresh], capture=True)
        if done.returncode == 0:
            return count
        CONSOLE.print(f"  {verb} {count}: {_reason(done.stdout + done.stderr)}", markup=False, soft_wrap=True)
    raise LabError(f"`pulumi {verb}` still fails after {MOST_REPETITIONS} times; the last reason is above")


def _reason(output: str) -> str:
    said = [line.strip() for line in output.splitlines() if "error" in line.lower() or "[ERROR]" in line]
    return (said or ["no reason given"])[0][:300]


def _plan(layout: Layout, faults: Sequence[Mapping[str, str]]) -> int:
    """Puts a plan in force; how often the one before has struck."""
    with control(layout) as client:
        struck = sum(map(int, client.get("/lab/faults").raise_for_status().json()["done"]))
        client.put("/lab/faults", json=list(faults)).raise_for_status()
    return struck


def _counts(layout: Layout) -> Counts:
    return {kind: len(ids) for kind, ids in left_in_account(layout).items()}


def _summary(trials: Sequence[Trial]) -> None:
    table = Table("trouble", "calls", "struck", "ups", "destroys", "changes after", "twice", "orphans", title="faults")
    for one in trials:
        figures = (one.planned, one.struck, one.ups, one.destroys, "some" if one.changes else "none")
        table.add_row(one.kind, *map(str, figures), _said(one.twice), _said(one.orphans))
    CONSOLE.print(table)
    for kind, action in NEEDS_A_HAND:
        CONSOLE.print(f"left out: {action} with {kind}, which no repetition mends", markup=False)
    orphans = sum(sum(one.orphans.values()) for one in trials)
    converged = sum(one.converged for one in trials)
    CONSOLE.print(f"faults tried {sum(one.struck for one in trials)}, kinds converged {converged} of {len(trials)}, "
                  f"orphans {orphans}", markup=False)  # fmt: skip


def _said(counts: Counts) -> str:
    return ", ".join(f"{count} {kind}" for kind, count in counts.items()) or "none"
