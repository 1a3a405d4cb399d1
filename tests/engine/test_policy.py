"""The policy pack in the real engine: the pack's own process, asked by the engine about every resource."""

import re
import subprocess
from functools import cache
from pathlib import Path

import pytest

from lab.preview import preview
from lab.tools.pulumi import CHECKOUT
from ops.plan.preview import Preview
from ops.plan.report import rules_plan
from ops.rules import RULES, Level, judge

CARELESS = Path(__file__).parent / "careless"
STACKS = sorted(CHECKOUT.glob("Pulumi.*.yaml"))

pytestmark = pytest.mark.engine


def judged(stack: Path, checkout: Path = CHECKOUT) -> subprocess.CompletedProcess[str]:
    return preview(stack, ["--policy-pack", str(CHECKOUT / "policy")], checkout=checkout)


def violations(output: str) -> dict[str, str]:
    """Level by rule, as the engine lists them."""
    return {rule: level for level, rule in re.findall(r"\[(advisory|mandatory)\]\s+([a-z-]+)", output)}


@cache
def careless() -> subprocess.CompletedProcess[str]:
    return judged(CARELESS / "Pulumi.careless.yaml", CARELESS)


def test_a_program_that_breaks_every_rule_is_refused_with_each_of_them() -> None:
    done = careless()

    assert done.returncode != 0
    assert violations(done.stdout) == {rule.name: rule.level.value for rule in RULES}


def test_a_violation_says_what_is_wrong_and_how_to_mend_it() -> None:
    said = " ".join(careless().stdout.split())

    assert "image registry.example.com/sd:latest is named by a tag. Mend: append @sha256:" in said
    assert "port 80 has no ACL and no login" in said
    assert "over the budget of 1 USD" in said


@pytest.mark.parametrize("stack", STACKS, ids=lambda path: path.name)
def test_every_stack_of_this_checkout_keeps_what_is_mandatory(stack: Path) -> None:
    done = judged(stack)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "ack-stable-diffusion@" in done.stdout, "the pack was not asked"
    assert "mandatory" not in violations(done.stdout).values()


def test_the_report_of_a_plan_finds_what_the_engine_finds() -> None:
    stack = CHECKOUT / "Pulumi.prod-singapore.yaml"
    plan = Preview.parse(preview(stack, ["--json"]).stdout)

    found = {finding.rule: finding.level.value for finding in judge(rules_plan(plan))}

    assert found == violations(judged(stack).stdout)
    assert set(found.values()) <= {Level.ADVISORY.value}
