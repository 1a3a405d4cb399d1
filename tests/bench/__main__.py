"""`make bench`: what a first preview costs with 10, 100 and 1,000 services, on mocks in the place of engine and cloud.

Time and memory must grow with the number of services, not with its square; else the exit status is 1.
"""

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from rich.table import Table

from lab.tools.report import CONSOLE

COUNTS = (10, 100, 1000)
# Ten times the services; the constant part of a preview hides at the small end, noise of the machine is in both.
MOST_GROWTH = 14.0
MEASURES = ("settings_seconds", "resources_seconds", "megabytes")


@dataclass(frozen=True)
class Cost:
    """Of one preview, in the processor's seconds, which other programs do not lengthen. settings_seconds: read and
    checked; resources_seconds: registered; megabytes: the process' most,
    over and above what it took before the stack was read."""

    services: int
    settings_seconds: float
    resources_seconds: float
    megabytes: float


def main() -> int:
    """Exit status: 0 where the cost is linear."""
    costs = []
    for count in COUNTS:
        CONSOLE.print(f"{count} services …")
        costs.append(measured(count))
    CONSOLE.print(table(costs))
    worst = growth(costs[-2], costs[-1])
    if worst > MOST_GROWTH:
        CONSOLE.print(f"[red]{worst:.1f} times the cost for ten times the services: more than linear")
        return 1
    return 0


def growth(before: Cost, after: Cost) -> float:
    """The worst ratio of the two, settings, resources and memory looked at one by one."""
    return max(float(getattr(after, name) / getattr(before, name)) for name in MEASURES)


def measured(services: int) -> Cost:
    """In a process of its own, so that no run finds the memory of another."""
    run = subprocess.run(
        [sys.executable, "-m", "tests.bench.preview", str(services)], check=True, capture_output=True, text=True
    )
    return Cost(services, **json.loads(run.stdout))


def table(costs: Sequence[Cost]) -> Table:
    """One line per count, each figure with its ratio to the line above."""
    made = Table(
        "services", "settings", "×", "resources", "×", "MB", "×", "ms each", caption="seconds of the processor"
    )
    for before, cost in zip((None, *costs), costs, strict=False):
        cells = [str(cost.services)]
        for name in MEASURES:
            value = getattr(cost, name)
            ratio = f"{value / getattr(before, name):.1f}" if before else ""
            cells += [f"{value:.2f}", ratio]
        per_service = 1000 * (cost.settings_seconds + cost.resources_seconds) / cost.services
        made.add_row(*cells, f"{per_service:.1f}")
    return made


if __name__ == "__main__":
    sys.exit(main())
