"""The trials under trouble: when they repeat, when they give up, and what counts as converged."""

import subprocess
from collections.abc import Mapping, Sequence
from typing import Any, cast

import pytest

from lab.cloud.faults import Fault
from lab.lifecycle import LabError
from lab.trials import MOST_REPETITIONS, Trial
from lab.trials import until_it_works as repeat
from lab.trouble import CALLS, RANDOM, plan_of
from lab.workspace import Workspace


class Failing:
    """A workspace whose first commands fail."""

    def __init__(self, failures: int) -> None:
        self.failures = failures
        self.ran: list[list[str]] = []

    def run(self, verb: str, arguments: Sequence[str], capture: bool) -> subprocess.CompletedProcess[str]:
        self.ran.append([verb, *arguments])
        return subprocess.CompletedProcess([], len(self.ran) <= self.failures, "error: throttled\n", "")


def until_it_works(workspace: Failing, verb: str) -> int:
    return repeat(cast(Workspace, workspace), verb)


def test_what_succeeds_at_once_is_run_once_and_looks_at_nothing_first() -> None:
    workspace = Failing(0)

    assert until_it_works(workspace, "up") == 1
    assert "--refresh" not in workspace.ran[0]


def test_what_fails_is_run_again_with_a_look_at_the_account() -> None:
    workspace = Failing(2)

    assert until_it_works(workspace, "destroy") == 3
    assert ["--refresh" in one for one in workspace.ran] == [False, True, True]


def test_what_never_succeeds_ends_all_the_same() -> None:
    workspace = Failing(MOST_REPETITIONS)

    with pytest.raises(LabError, match="pulumi up"):
        until_it_works(workspace, "up")
    assert len(workspace.ran) == MOST_REPETITIONS


def trial(**differences: Any) -> Trial:
    clean: Mapping[str, Any] = {"changes": False, "twice": {}, "orphans": {}}
    return Trial(kind="reset", planned=9, struck=9, ups=2, destroys=1, **{**clean, **differences})


@pytest.mark.parametrize(
    ("differences", "converged"),
    [({}, True), ({"changes": True}, False), ({"twice": {"vpc": 1}}, False), ({"orphans": {"vpc": 1}}, False)],
)
def test_only_a_stack_without_changes_twins_and_orphans_has_converged(
    differences: dict[str, Any], converged: bool
) -> None:
    assert trial(**differences).converged is converged


@pytest.mark.parametrize("kind", CALLS)
def test_every_plan_is_one_that_the_account_takes(kind: str) -> None:
    plan = [Fault.model_validate(one) for one in plan_of(kind, [("vpc", "CreateVpc"), ("cs", "POST /clusters")])]

    every_way = [one for one in CALLS if one != RANDOM]
    assert [one.kind for one in plan] == (every_way if kind == RANDOM else [kind, kind])
