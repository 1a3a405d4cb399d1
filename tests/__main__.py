"""`make test` and `make unit`: the stages, fastest first, then what passed, what failed, what was skipped and why.

`python -m tests sdk lab` runs the stages of these names.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.table import Table

from lab.tools.gobuild import build
from lab.tools.install import install_lab, install_pulumi
from lab.tools.report import CONSOLE, ToolError
from lab.tools.requirements import check_machine
from lab.tools.versions import ACTIONLINT
from tests.sdk.packages import folder as vendor_packages

CHECKOUT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Stage:
    """One command. needs: raises ToolError where this machine cannot run it."""

    name: str
    command: Sequence[str]
    needs: Callable[[], object] = lambda: None


@dataclass(frozen=True)
class Result:
    name: str
    verdict: str
    seconds: float
    remark: str = ""


def _python(*arguments: str) -> list[str]:
    return [sys.executable, "-m", *arguments]


def _lab() -> None:
    check_machine()
    install_lab()


# File by file: what a module's fixture has made serves the whole file.
ON_EVERY_CORE = ("-n", "auto", "--dist", "loadfile")

STAGES = (
    Stage("lint", _python("ruff", "check", ".")),
    Stage("format", _python("ruff", "format", "--check", ".")),
    Stage("types", _python("mypy")),
    Stage("unit", _python("pytest", *ON_EVERY_CORE, "tests/unit")),
    Stage("engine", _python("pytest", *ON_EVERY_CORE, "tests/engine"), install_pulumi),
    Stage("sdk", _python("pytest", "tests/sdk"), vendor_packages),
    Stage("workflows", _python("tests.workflows"), lambda: build(ACTIONLINT)),
    Stage("go", ["go", "test", "./..."], _lab),
    Stage("lab", _python("pytest", "-s", "tests/lab"), _lab),
)


def main(only: Sequence[str]) -> int:
    """Exit status: 0 when nothing failed."""
    stages = [stage for stage in STAGES if not only or stage.name in only]
    results = [_run(stage) for stage in stages]
    _summary(results)
    bad = {"failed", "skipped"} if os.environ.get("CI") else {"failed"}
    return 1 if any(result.verdict in bad for result in results) else 0


def _run(stage: Stage) -> Result:
    CONSOLE.rule(stage.name)
    start = time.monotonic()
    try:
        stage.needs()
    except ToolError as reason:
        CONSOLE.print(f"skipped: {reason}", markup=False)
        return Result(stage.name, "skipped", time.monotonic() - start, str(reason))
    folder = CHECKOUT / "lab" / "images" / "stable_diffusion" if stage.name == "go" else CHECKOUT
    status = subprocess.run(stage.command, cwd=folder, check=False).returncode
    verdict = "failed" if status else "passed"
    return Result(stage.name, verdict, time.monotonic() - start, f"status {status}" if status else "")


def _summary(results: Sequence[Result]) -> None:
    table = Table("stage", "verdict", "seconds", "remark", title="tests")
    for result in results:
        table.add_row(result.name, result.verdict, f"{result.seconds:.1f}", result.remark)
    CONSOLE.print(table)
    skipped = [result.name for result in results if result.verdict == "skipped"]
    CONSOLE.print(f"skipped: {', '.join(skipped)} (why: above)" if skipped else "nothing was skipped")
    if skipped and os.environ.get("CI"):
        CONSOLE.print("in continuous integration a skipped stage is a failure: a green run must mean that all was run")


if __name__ == "__main__":
    asked = sys.argv[1:]
    sys.exit(main(["lint", "format", "types", "unit"] if asked == ["unit"] else asked))
