import json
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import ops.cli
from ops.destroy import DestroyError, destroy

ON = {"deletionProtection": "on: to lift it, …", "clusterId": "c1"}
# Longer than a terminal is wide: a command that is broken over two lines cannot be copied.
LONG = "x" * 200
OFF = {"deletionProtection": "off: `pulumi destroy` removes everything"}


class FakePulumi:
    """Answers for a stack with these outputs; None: there is no such stack."""

    def __init__(self, outputs: dict[str, Any] | None, status: int = 0):
        self._outputs, self._status = outputs, status
        self.calls: list[Sequence[str]] = []

    def __call__(self, arguments: Sequence[str], captured: bool) -> subprocess.CompletedProcess[str]:
        self.calls.append(arguments)
        if not captured:
            return subprocess.CompletedProcess(arguments, self._status)
        status = 0 if self._outputs is not None else 255
        return subprocess.CompletedProcess(arguments, status, stdout=json.dumps(self._outputs) if not status else "")


def test_a_protected_stack_is_not_touched_and_the_way_out_is_said_step_by_step() -> None:
    pulumi = FakePulumi(ON)

    with pytest.raises(DestroyError) as refused:
        destroy("prod", ["--yes"], pulumi)

    steps = ["config set deletionProtection false --stack prod", "pulumi up --stack prod", "make destroy STACK=prod"]
    places = [str(refused.value).find(step) for step in steps]
    assert -1 not in places
    assert places == sorted(places)
    assert [call[:2] for call in pulumi.calls] == [["stack", "output"]]


@pytest.mark.parametrize("outputs", [OFF, {}], ids=["protection is off", "nothing was ever made"])
def test_any_other_stack_is_destroyed_with_the_arguments_given(outputs: dict[str, Any]) -> None:
    pulumi = FakePulumi(outputs, status=3)

    assert destroy("dev", ["--yes"], pulumi) == 3
    assert pulumi.calls[-1] == ["destroy", "--stack", "dev", "--yes"]


def test_without_a_look_at_the_stack_nothing_is_destroyed() -> None:
    pulumi = FakePulumi(None)

    assert destroy("dve", [], pulumi) == 255
    assert len(pulumi.calls) == 1


def test_the_command_ends_as_pulumi_does_and_passes_options_on(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[tuple[str, Sequence[str]]] = []

    def destroyed(stack: str, arguments: Sequence[str]) -> int:
        calls.append((stack, arguments))
        return 7

    monkeypatch.setattr(ops.cli, "destroy", destroyed)
    done = CliRunner().invoke(ops.cli.app, ["destroy", "dev", "--yes", "--skip-preview"])

    assert (done.exit_code, calls) == (7, [("dev", ["--yes", "--skip-preview"])])


def test_the_command_fails_for_a_protected_stack_and_breaks_no_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(stack: str, arguments: Sequence[str]) -> int:
        raise DestroyError(f"Stack {stack} is protected {LONG}")

    monkeypatch.setattr(ops.cli, "destroy", refused)

    done = CliRunner().invoke(ops.cli.app, ["destroy", "prod"])

    assert done.exit_code == 1
    assert done.stderr == f"Stack prod is protected {LONG}\n"


def test_a_machine_without_pulumi_is_told_where_to_get_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(DestroyError, match=r"no pulumi on PATH.*https://"):
        destroy("dev", [])
