"""`pulumi preview` of every stack file with the real engine and the real provider code: no account, no network."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from lab.preview import preview
from lab.workspace import PASSPHRASE_VARIABLES

CHECKOUT = Path(__file__).resolve().parents[2]
STACKS = sorted(CHECKOUT.glob("Pulumi.*.yaml"))
GOOD = sorted((Path(__file__).parent / "good").glob("Pulumi.*.yaml"))
LOGIN = Path(__file__).parent / "good" / "Pulumi.login.yaml"

pytestmark = pytest.mark.engine


@cache
def plan(stack: Path) -> Mapping[str, Any]:
    """What a preview of a new stack shows."""
    done = preview(stack, ["--json"])
    assert done.returncode == 0, done.stderr + done.stdout
    parsed: Mapping[str, Any] = json.loads(done.stdout)
    return parsed


def resources(stack: Path) -> list[Mapping[str, Any]]:
    return [step["newState"] for step in plan(stack)["steps"]]


@pytest.mark.parametrize("stack", [*STACKS, *GOOD], ids=lambda path: path.name)
def test_a_stack_file_passes_the_engine_and_the_provider(stack: Path) -> None:
    assert set(plan(stack)["changeSummary"]) == {"create"}


@pytest.mark.parametrize("stack", [*STACKS, *GOOD], ids=lambda path: path.name)
def test_every_pool_and_service_of_a_stack_file_is_in_the_plan(stack: Path) -> None:
    config = yaml.safe_load(stack.read_text(encoding="utf-8"))["config"]
    expected = {
        *(f"{name}-pool" for name in config["ack-stable-diffusion:gpuPools"]),
        *(f"{name}-service" for name in config["ack-stable-diffusion:services"]),
    }

    names = {one["urn"].rsplit("::", 1)[1] for one in resources(stack)}

    assert expected <= names


def test_an_encrypted_password_is_used_and_shown_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in PASSPHRASE_VARIABLES:
        monkeypatch.delenv(variable, raising=False)

    (secret,) = [one for one in resources(LOGIN) if one["type"] == "kubernetes:core/v1:Secret"]

    assert secret["inputs"]["stringData"] == "[secret]"
    assert "correct horse" not in json.dumps(plan(LOGIN))
