"""`make plan-report`: what the change between two revisions does to every stack, without account or network."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import yaml

from lab.placeholders import with_placeholders
from lab.preview import preview
from lab.tools.pulumi import CHECKOUT, Installed
from lab.tools.pulumi import install as install_pulumi
from lab.tools.report import say
from lab.workspace import PASSPHRASE, WorkspaceError

# Two engines at a time: each keeps about one core busy.
_AT_A_TIME = 2


def plan_report(base: str, head: str, folder: Path, arguments: Sequence[str]) -> int:
    """Previews every stack of both revisions into folder, and hands them to `ops plan`; its exit status.

    base, head: revisions; head "" is this checkout as it lies. arguments: more for `ops plan`.
    """
    preview_revision(base, folder / "base")
    preview_revision(head, folder / "head")
    command = [sys.executable, "-m", "ops", "plan", "--head", str(folder / "head"), "--base", str(folder / "base")]
    full = ["--full-file", str(folder / "report.md"), "--json-file", str(folder / "report.json")]
    status = subprocess.run([*command, *full, *arguments], cwd=CHECKOUT).returncode
    say("plan report", f"in full: {folder / 'report.md'}")
    return status


def preview_revision(revision: str, target: Path) -> None:
    """Writes <stack>.json for every stack file of a revision. A stack without a plan gets one that says why."""
    target.mkdir(parents=True, exist_ok=True)
    for old in target.glob("*.json"):
        old.unlink()
    installed = install_pulumi()
    with _checked_out(revision) as checkout, ThreadPoolExecutor(_AT_A_TIME) as pool:
        stacks = sorted(checkout.glob("Pulumi.*.yaml"))
        say("previews", f"{revision or 'this checkout'}: {len(stacks)} stacks")
        for stack, plan in zip(stacks, pool.map(lambda one: _plan(one, checkout, installed), stacks), strict=True):
            name = stack.name.removeprefix("Pulumi.").removesuffix(".yaml")
            (target / f"{name}.json").write_text(plan, encoding="utf-8")


def _plan(stack: Path, checkout: Path, installed: Installed) -> str:
    """Of the stack with other secrets than its own: nobody's passphrase is needed, and none leaves this machine."""
    with tempfile.TemporaryDirectory(prefix="plan-") as folder:
        masked = Path(folder, stack.name)
        try:
            masked.write_text(with_placeholders(stack.read_text(encoding="utf-8")), encoding="utf-8")
            passphrase = {"PULUMI_CONFIG_PASSPHRASE": PASSPHRASE}
            done = preview(masked, ["--json"], checkout=checkout, installed=installed, environment=passphrase)
        except (WorkspaceError, yaml.YAMLError) as problem:
            return _without_plan(str(problem))
    return done.stdout if done.stdout.startswith("{") else _without_plan(done.stderr or done.stdout)


def _without_plan(reason: str) -> str:
    return json.dumps({"diagnostics": [{"severity": "error", "message": reason}]})


@contextmanager
def _checked_out(revision: str) -> Iterator[Path]:
    """A work tree of the revision, gone afterwards; it runs with this checkout's Python packages."""
    if not revision:
        yield CHECKOUT
        return
    with tempfile.TemporaryDirectory(prefix="plan-report-") as folder:
        tree = Path(folder, "tree")
        _git("worktree", "add", "--detach", "--quiet", str(tree), revision)
        try:
            link = tree / ".venv"
            if not link.is_symlink() and not link.exists():
                link.symlink_to(Path(sys.executable).parent.parent)
            yield tree
        finally:
            _git("worktree", "remove", "--force", str(tree))


def _git(*arguments: str) -> None:
    done = subprocess.run(["git", *arguments], cwd=CHECKOUT, text=True, capture_output=True)
    if done.returncode:
        raise WorkspaceError(f"git {' '.join(arguments)}: {done.stderr.strip()}. Mend: name a revision that git knows.")
