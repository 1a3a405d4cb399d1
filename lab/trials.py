"""What a trial of `make faults` does whatever the trouble is: repeat until it works, count, say what is left."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from rich.table import Table

from lab.layout import Layout
from lab.lifecycle import LabError, left_in_account
from lab.tools.report import CONSOLE
from lab.workspace import Workspace

# Each repetition meets the calls that come after the one that the last ended at: more than the longest chain.
MOST_REPETITIONS = 30

Counts = Mapping[str, int]


@dataclass(frozen=True)
class Trial:
    """One kind of trouble. twice, orphans: objects too many after `up` and left after `destroy`, by kind.

    planned, struck: how often there was to be trouble, and was. adopted: what `ops recover` took into the state.
    """

    kind: str
    planned: int
    struck: int
    ups: int
    destroys: int
    changes: bool
    twice: Counts
    orphans: Counts
    adopted: int = 0

    @property
    def converged(self) -> bool:
        return not (self.changes or self.twice or self.orphans)


def until_it_works(
    workspace: Workspace, verb: str, refresh: bool = False, between: Callable[[], None] = lambda: None
) -> int:
    """How often it was run. refresh: the first time too. between: done after each time that failed.

    Repeated with a refresh: the provider keeps an addon in the state whose installation never reached the account, and
    without a look at the account every further `up` would try to update what is not there.
    """
    for count in range(1, MOST_REPETITIONS + 1):
        look = ["--refresh"] if refresh or count > 1 else []
        done = workspace.run(verb, ["--yes", "--skip-preview", "--non-interactive", *look], capture=True)
        if done.returncode == 0:
            return count
        CONSOLE.print(f"  {verb} {count}: {_reason(done.stdout + done.stderr)}", markup=False, soft_wrap=True)
        between()
    raise LabError(f"`pulumi {verb}` still fails after {MOST_REPETITIONS} times; the last reason is above")


def too_many(layout: Layout, expected: Counts) -> Counts:
    """Objects that are there more often than after an `up` without trouble."""
    return Counter(counts(layout)) - Counter(expected)


def has_changes(workspace: Workspace) -> bool:
    return workspace.run("preview", ["--expect-no-changes"], capture=True).returncode != 0


def counts(layout: Layout) -> Counts:
    return {kind: len(ids) for kind, ids in left_in_account(layout).items()}


def summary(trials: Sequence[Trial]) -> None:
    # A column per kind: a log has lines of 80 characters.
    table = Table("faults", *(one.kind for one in trials), box=None, pad_edge=False)
    for name, told in _ROWS.items():
        table.add_row(name, *map(told, trials))
    CONSOLE.print(table)
    orphans = sum(sum(one.orphans.values()) for one in trials)
    converged = sum(one.converged for one in trials)
    CONSOLE.print(f"faults tried {sum(one.struck for one in trials)}, kinds converged {converged} of {len(trials)}, "
                  f"orphans {orphans}", markup=False)  # fmt: skip


_ROWS: Mapping[str, Callable[[Trial], str]] = {
    "struck": lambda one: f"{one.struck} of {one.planned}",
    "up runs": lambda one: str(one.ups),
    "adopted": lambda one: str(one.adopted),
    "destroys": lambda one: str(one.destroys),
    "changes": lambda one: "some" if one.changes else "none",
    "twice": lambda one: _said(one.twice),
    "orphans": lambda one: _said(one.orphans),
    "converged": lambda one: "yes" if one.converged else "NO",
}


def _reason(output: str) -> str:
    said = [line.strip() for line in output.splitlines() if "error" in line.lower() or "[ERROR]" in line]
    return (said or ["no reason given"])[0][:300]


def _said(counts: Counts) -> str:
    return ", ".join(f"{count} {kind}" for kind, count in counts.items()) or "none"
