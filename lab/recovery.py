"""After an engine that was killed: what a person would type, as `make faults` types it."""

import re
import subprocess
import sys

from lab.lifecycle import LabError
from lab.tools.pulumi import CHECKOUT
from lab.workspace import Workspace

# The trouble that is being tried may strike the questions of a recovery too, each once.
_MOST_ATTEMPTS = 5
_UNUSABLE = 2


def recover(workspace: Workspace) -> int:
    """How many objects were taken into the state. Raises LabError where a person would have to look."""
    command = ["-m", "ops", "recover", workspace.stack, "--config-file", str(workspace.config), "--yes", "--spares"]
    command += ["--program", str(workspace.checkout)]
    for _ in range(_MOST_ATTEMPTS):
        done = _run(workspace, [sys.executable, *command])
        if done.returncode != _UNUSABLE:
            break
    if done.returncode:
        raise LabError(f"`ops recover` leaves something to be looked at:\n{done.stdout}{done.stderr}")
    adopted = re.search(r"adopted (\d+)", done.stdout)
    return int(adopted[1]) if adopted else 0


def cancel(workspace: Workspace) -> None:
    """Takes away the lock that a killed engine leaves."""
    _run(workspace, ["pulumi", "cancel", "--stack", workspace.stack, "--yes", "--cwd", str(workspace.checkout)])


def _run(workspace: Workspace, command: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, check=False, cwd=CHECKOUT, env=workspace.environment, text=True, capture_output=True)
