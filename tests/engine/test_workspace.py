"""Running pulumi for a stack file: the file stays as it is, and what is wrong with it is said."""

import subprocess
import sys
from pathlib import Path

import pytest

from lab.preview import preview, stack_file
from lab.tools.pulumi import CHECKOUT, install
from lab.workspace import Workspace, WorkspaceError

pytestmark = pytest.mark.engine


def test_a_preview_leaves_the_stack_file_as_it_is() -> None:
    file = CHECKOUT / "Pulumi.dev.yaml"
    before = file.read_bytes()

    assert preview(file).returncode == 0
    assert file.read_bytes() == before


def test_another_passphrase_than_the_stacks_own_is_named_with_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "the right one")
    encrypted = Workspace(tmp_path / "first", CHECKOUT / "Pulumi.dev.yaml", install(), {})
    encrypted.prepare()
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "another one")

    with pytest.raises(WorkspaceError, match=r"Pulumi\.dev\.yaml was encrypted with another passphrase.*Mend: set"):
        preview(encrypted.config)


def test_an_unknown_stack_is_answered_with_those_there_are() -> None:
    with pytest.raises(WorkspaceError, match=r"no stack 'prod'.*Stacks: .*dev.*local"):
        stack_file("prod")


def test_stdout_of_a_preview_belongs_to_pulumi() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "lab", "preview", "dev", "--json"], cwd=CHECKOUT, text=True, capture_output=True
    )

    assert done.stdout.startswith("{")
    assert "pulumi" in done.stderr


def test_a_preview_needs_no_network() -> None:
    done = subprocess.run(
        ["unshare", "--map-root-user", "--net", sys.executable, "-m", "lab", "preview", "dev"],
        cwd=CHECKOUT,
        text=True,
        capture_output=True,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert "to create" in done.stdout
