"""`make plan-report` over two real revisions: what reviewers of a change see, without a variable in the environment."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from lab.tools.pulumi import CHECKOUT

pytestmark = pytest.mark.engine

AUTHOR = ["-c", "user.name=test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false"]
DEV, NEW = "Pulumi.dev.yaml", "Pulumi.prod-singapore.yaml"


class Revisions:
    """Revisions beside the branches, made in a work tree of their own."""

    def __init__(self, tree: Path) -> None:
        self.tree = tree

    def commit(self) -> str:
        self.git("add", "--all")
        self.git(*AUTHOR, "commit", "--quiet", "--no-verify", "--message", "for a test")
        return self.git("rev-parse", "HEAD")

    def git(self, *arguments: str) -> str:
        return subprocess.run(
            ["git", *arguments], cwd=self.tree, check=True, text=True, stdout=subprocess.PIPE
        ).stdout.strip()

    def edit(self, file: str, old: str, new: str) -> None:
        path = self.tree / file
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.fixture
def revisions(tmp_path: Path) -> Iterator[Revisions]:
    """Of this checkout's last commit with what differs from it, and stack dev alone."""
    tree = tmp_path / "tree"
    subprocess.run(["git", "worktree", "add", "--detach", "--quiet", str(tree)], cwd=CHECKOUT, check=True)
    made = Revisions(tree)
    for stack in tree.glob("Pulumi.*.yaml"):
        if stack.name != DEV:
            stack.unlink()
    yield made
    subprocess.run(["git", "worktree", "remove", "--force", str(tree)], cwd=CHECKOUT, check=True)


def report(base: str, head: str, folder: Path) -> subprocess.CompletedProcess[str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "XDG_CACHE_HOME") if name in os.environ}
    command = [sys.executable, "-m", "lab", "plan-report", base, "--head", head, "--folder", str(folder)]
    return subprocess.run(command, cwd=CHECKOUT, env=kept, text=True, capture_output=True)


def test_a_change_of_a_scale_a_network_and_a_new_region_are_told_apart(revisions: Revisions, tmp_path: Path) -> None:
    base = revisions.commit()
    revisions.edit(DEV, "maxScale: 10", "maxScale: 8")
    scaled = revisions.commit()
    revisions.edit(DEV, "10.32.0.0/16", "10.48.0.0/16")
    (revisions.tree / NEW).write_bytes((CHECKOUT / NEW).read_bytes())
    moved = revisions.commit()

    one_update, everything = report(base, scaled, tmp_path / "a"), report(base, moved, tmp_path / "b")

    assert one_update.returncode == 0, one_update.stderr
    assert "| dev | – | 1 | – | – |" in one_update.stdout
    assert re.search(r"\| ~ \| service `.*` \| `.*maxScale` \| `10` \| `8` \|", one_update.stdout)
    assert "**dev · vSwitches" in everything.stdout
    assert "`10.32.0.0/20` → `10.48.0.0/20` (fixed at creation)" in everything.stdout
    assert re.search(r"\| prod-singapore \| \d\d \| – \| – \| – \|", everything.stdout)


def test_a_revision_whose_stack_is_refused_says_why_in_the_report(revisions: Revisions, tmp_path: Path) -> None:
    base = revisions.commit()
    revisions.edit(DEV, "[cn-shanghai-l, cn-shanghai-m]", "[cn-shanghai-l]")
    broken = revisions.commit()

    done = report(base, broken, tmp_path / "plans")

    assert done.returncode == 1
    assert "**dev · there is no plan.**" in done.stdout
    assert "ack-stable-diffusion:network.zones" in done.stdout


def test_a_stack_whose_passphrase_nobody_has_here_gets_its_plan_and_its_secret_stays_hidden(
    revisions: Revisions, tmp_path: Path
) -> None:
    base = revisions.commit()
    secret = "secure: v1:AAAAAAAAAAAAAAAA:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
    revisions.edit(
        DEV, "scaling: {maxScale: 10}", f"scaling: {{maxScale: 10}}\n      login: {{user: u, password: {{{secret}}}}}"
    )
    encrypted = revisions.commit()

    done = report(base, encrypted, tmp_path / "plans")

    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"\| \+ \| Secret `.*-login` \|", done.stdout)
    assert "Encrypted values are masked" in done.stdout
    assert "placeholder-" not in done.stdout + (tmp_path / "plans" / "head" / "dev.json").read_text()


def test_a_revision_that_git_does_not_know_is_named(tmp_path: Path) -> None:
    done = report("no-such-revision", "", tmp_path)

    assert done.returncode == 1
    assert "no-such-revision" in done.stderr
    assert "Traceback" not in done.stderr
