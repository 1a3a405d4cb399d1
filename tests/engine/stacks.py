"""Stack files for the real engine that are written by tests, and one workspace for many of them."""

import copy
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from lab.tools.pulumi import CHECKOUT, install
from lab.workspace import ACCOUNT, KEYS, Workspace
from tests.paths import put

NAMESPACE = "ack-stable-diffusion"


class Previews:
    """Previews of one stack file after the other. The stack is made once, which saves a third of the time of each."""

    def __init__(self, folder: Path, stack: str = "test"):
        self._file = folder / f"Pulumi.{stack}.yaml"
        self._workspace = Workspace(folder / "workspace", self._file, install(), {**KEYS, **ACCOUNT})

    def __call__(self, config: Mapping[str, Any]) -> subprocess.CompletedProcess[str]:
        """config: what stands below `config` in the stack file."""
        self._file.write_text(yaml.safe_dump({"config": dict(config)}), encoding="utf-8")
        self._workspace.prepare()
        return self.again()

    def again(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """The same stack file, with what `encrypt` has put into it."""
        return self._workspace.run("preview", ["--non-interactive", *arguments], capture=True)

    def encrypt(self, path: str, value: str) -> None:
        """`pulumi config set --secret --path`: the command that a refused password is answered with."""
        command = self._workspace.command("config", ["set", "--secret", "--path", path, value])
        subprocess.run(command, cwd=CHECKOUT, env=self._workspace.environment, check=True, stdout=subprocess.DEVNULL)


def changed(config: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """A stack file with other values. changes: dotted path below the project's keys, or a key of a provider as it
    stands there (alicloud:region) → new value; None removes."""
    result: dict[str, Any] = copy.deepcopy(dict(config))
    for path, value in changes.items():
        put(result, [path] if ":" in path else f"{NAMESPACE}:{path}".split("."), value)
    return result
