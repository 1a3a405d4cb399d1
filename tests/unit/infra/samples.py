"""Stack files for tests: the guide's set-up, and how to change one key of it."""

import copy
from pathlib import Path
from typing import Any

import yaml

from infra.load import Loaded, examine
from infra.settings.problem import Problem, dotted
from infra.settings.wording import Wording
from tests.paths import put

CHECKOUT = Path(__file__).resolve().parents[3]
NAMESPACE = "ack-stable-diffusion"
REGION = "cn-shanghai"


STACKS = sorted(path.suffixes[0][1:] for path in CHECKOUT.glob("Pulumi.*.yaml"))
"""The stacks of this checkout."""


def stack_file(stack: str) -> dict[str, Any]:
    """The project's keys of a stack file of this checkout."""
    return project_keys(_config(stack))


def region_of(stack: str) -> str:
    """The region of a stack file of this checkout."""
    return str(_config(stack)["alicloud:region"])


def project_keys(config: dict[str, Any]) -> dict[str, Any]:
    """The project's keys of the `config` of a stack file."""
    prefix = f"{NAMESPACE}:"
    return {key.removeprefix(prefix): value for key, value in config.items() if key.startswith(prefix)}


def _config(stack: str) -> dict[str, Any]:
    config: dict[str, Any] = yaml.safe_load((CHECKOUT / f"Pulumi.{stack}.yaml").read_text(encoding="utf-8"))["config"]
    return config


def guide(**changes: Any) -> dict[str, Any]:
    """Stack dev with changes: keys are paths with __ for each step (services__sd__port=80); None removes."""
    raw = copy.deepcopy(stack_file("dev"))
    raw["services"]["sd"] = raw["services"].pop("stable-diffusion")
    for path, value in changes.items():
        put(raw, path.split("__"), value)
    return raw


def found(raw: dict[str, Any], region: str | None = REGION, secret: frozenset[str] = frozenset()) -> dict[str, Problem]:
    """Problems by path, without the namespace."""
    _, problems, _ = examine(raw, region, Wording(NAMESPACE, secret))
    return {dotted(problem.path).removeprefix(f"{NAMESPACE}:"): problem for problem in problems}


def assert_told(problem: Problem, value: str, allowed: str, mend: str) -> None:
    """Each is a part of what the problem says."""
    assert value in problem.found
    assert allowed in problem.allowed
    assert mend in problem.mend


def loaded(raw: dict[str, Any], region: str | None = REGION, secret: frozenset[str] = frozenset()) -> Loaded:
    """Settings of a stack file that must be right."""
    result, problems, _ = examine(raw, region, Wording(NAMESPACE, secret))
    assert result, "\n".join(map(str, problems))
    return result


def warnings(raw: dict[str, Any], region: str | None = REGION) -> list[str]:
    """What a right stack file is warned of."""
    result, problems, warned = examine(raw, region, Wording(NAMESPACE))
    assert result, "\n".join(map(str, problems))
    return warned
