import os
import sys
from importlib import metadata
from pathlib import Path

import pytest
from pulumi.runtime.proto import language_pb2 as lang

from lab.plugins.kubernetes.convert import dump
from lab.plugins.language import environment


def info(root: Path, virtualenv: str | None) -> lang.ProgramInfo:
    options = dump({"virtualenv": virtualenv}) if virtualenv else None
    return lang.ProgramInfo(root_directory=str(root), options=options)


def test_without_a_virtual_environment_the_hosts_own_python_runs_the_program(tmp_path: Path) -> None:
    assert environment.python(info(tmp_path, None)) == sys.executable


def test_the_virtual_environment_of_the_project_is_used(tmp_path: Path) -> None:
    python = tmp_path / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.touch()

    assert environment.python(info(tmp_path, ".venv")) == str(python)


def test_a_virtual_environment_that_is_not_there_is_named_with_the_command_that_makes_it(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"'nosuch'.*\n.*python3 -m venv .*nosuch"):
        environment.python(info(tmp_path, "nosuch"))


@pytest.mark.parametrize(
    ("given", "left"),
    [
        (str(environment.CHECKOUT), None),
        (os.pathsep.join([str(environment.CHECKOUT), "/opt/mine"]), "/opt/mine"),
        ("/opt/mine", "/opt/mine"),
    ],
)
def test_a_program_does_not_find_this_checkouts_modules(
    monkeypatch: pytest.MonkeyPatch, given: str, left: str | None
) -> None:
    monkeypatch.setenv("PYTHONPATH", given)

    variables = environment.variables({"EXTRA": "1"})

    assert variables.get("PYTHONPATH") == left
    assert variables["EXTRA"] == "1"


def test_the_plugins_of_the_installed_sdks_are_found() -> None:
    found = {package.name: package.version for package in environment.packages()}

    assert found["kubernetes"] == f"v{metadata.version('pulumi_kubernetes')}"
    assert found["alicloud"] == f"v{metadata.version('pulumi_alicloud')}"


def test_what_is_installed_can_be_listed() -> None:
    assert "pulumi" in dict(environment.dependencies())
