"""What the linters of the workflow files do not know: this repository's own rules for them."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from lab.cli import app as lab
from ops.cli import app as ops

CHECKOUT = Path(__file__).resolve().parents[2]
WORKFLOWS = sorted((CHECKOUT / ".github" / "workflows").glob("*.yml"))
STACKS = {path.name.removeprefix("Pulumi.").removesuffix(".yaml") for path in CHECKOUT.glob("Pulumi.*.yaml")}


def workflow(name: str) -> dict[str, Any]:
    # "on" is a boolean in YAML 1.1, which is what this loader speaks; GitHub's does not.
    loaded: dict[str, Any] = yaml.load((CHECKOUT / ".github" / "workflows" / name).read_text(), yaml.BaseLoader)
    return loaded


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_actions_are_pinned_by_commit_with_the_version_beside_it(path: Path) -> None:
    used = re.findall(r"uses: (.*)", path.read_text())

    assert used
    assert [one for one in used if not re.match(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", one)] == []


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_has_no_permission_that_a_job_does_not_name(path: Path) -> None:
    assert workflow(path.name)["permissions"] == {}
    assert all("permissions" in job for job in workflow(path.name)["jobs"].values())


def test_the_job_that_runs_a_strangers_code_has_no_secret_and_writes_nothing() -> None:
    offline = workflow("preview.yml")["jobs"]["offline"]

    assert "secrets." not in str(offline)
    assert offline["permissions"] == {"contents": "read"}


def test_the_job_with_credentials_runs_for_branches_of_this_repository_alone() -> None:
    assert "head.repo.full_name == github.repository" in workflow("preview.yml")["jobs"]["live"]["if"]


def test_the_job_that_may_write_checks_out_nothing_of_the_pull_request() -> None:
    steps = workflow("comment.yml")["jobs"]["comment"]["steps"]

    checkout = next(step for step in steps if step.get("uses", "").startswith("actions/checkout@"))
    assert checkout["with"] == {"persist-credentials": "false"}
    assert not any("git " in step.get("run", "") for step in steps)


def test_every_stack_but_the_labs_can_be_deployed() -> None:
    assert set(workflow("up.yml")["on"]["workflow_dispatch"]["inputs"]["stack"]["options"]) == STACKS - {"local"}


def test_the_cli_is_the_one_that_the_lab_runs() -> None:
    pinned = (CHECKOUT / "requirements.txt").read_text().partition("pulumi==")[2].split()[0]

    for name in ("preview.yml", "up.yml", "drift.yml"):
        assert f"pulumi-version: {pinned}" in (CHECKOUT / ".github" / "workflows" / name).read_text()


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_the_commands_that_a_workflow_calls_exist(path: Path) -> None:
    known = {"ops": {one.name for one in ops.registered_commands}, "lab": {one.name for one in lab.registered_commands}}

    called = re.findall(r"python -m (ops|lab) ([a-z-]+)", path.read_text())

    assert [(program, command) for program, command in called if command not in known[program]] == []
