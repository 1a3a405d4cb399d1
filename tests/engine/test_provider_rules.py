"""What a preview catches because it runs the provider's own code, and what the provider lets through."""

import json
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

from lab.tools.pulumi import install
from lab.workspace import ACCOUNT, KEYS, Workspace

PROGRAM = Path(__file__).parent / "provider_rules"
CASES = yaml.safe_load((PROGRAM / "cases.yaml").read_text(encoding="utf-8"))
REFUSED: Mapping[str, Mapping[str, Any]] = CASES["refused"]
STACK = "test"

pytestmark = pytest.mark.engine


class Program:
    """A copy of the program with a stack of its own."""

    def __init__(self, folder: Path):
        self._project = folder / "project"
        shutil.copytree(PROGRAM, self._project)
        (folder / "state").mkdir()
        stack_file = self._project / f"Pulumi.{STACK}.yaml"
        self._environment = Workspace(folder, stack_file, install(), {**KEYS, **ACCOUNT}).environment
        self._pulumi("stack", "init", STACK, "--secrets-provider", "passphrase")
        self._pulumi("config", "set", "alicloud:region", "cn-shanghai")

    def preview(self, cases: Sequence[str]) -> subprocess.CompletedProcess[str]:
        self._pulumi("config", "set", "cases", json.dumps(cases))
        return self._pulumi("preview", "--json")

    def _pulumi(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["pulumi", *arguments, "--non-interactive"],
            cwd=self._project,
            env=self._environment,
            text=True,
            capture_output=True,
        )


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Program:
    return Program(tmp_path_factory.mktemp("rules"))


@pytest.mark.parametrize("case", REFUSED)
def test_a_preview_refuses_what_the_provider_knows_to_be_wrong(program: Program, case: str) -> None:
    done = program.preview([case])

    said = {
        diagnostic["message"]
        for diagnostic in json.loads(done.stdout)["diagnostics"]
        if diagnostic["severity"] == "error" and diagnostic["urn"].endswith(f"::{case}")
    }
    assert done.returncode != 0
    assert [words for words in REFUSED[case]["says"] if not any(words in text for text in said)] == [], said


def test_there_are_twenty_five_such_rules() -> None:
    assert sum(len(case["says"]) for case in REFUSED.values()) >= 25


def test_what_the_provider_lets_through_must_be_caught_before_it(program: Program) -> None:
    done = program.preview(list(CASES["taken"]))

    planned = {step["urn"].rsplit("::", 1)[1] for step in json.loads(done.stdout)["steps"]}
    assert done.returncode == 0, done.stdout
    assert planned >= set(CASES["taken"])
