"""`pulumi destroy`, after a look at whether the stack is protected."""

import json
import subprocess
from collections.abc import Sequence
from typing import Protocol

from ops.pulumi import run_pulumi

_HOW = """\
Stack {stack} is protected: VPC, vSwitches, cluster and node pools. Nothing was changed. To remove it all the same:

  1. in Pulumi.{stack}.yaml:  pulumi config set deletionProtection false --stack {stack}
  2. apply that alone:        pulumi up --stack {stack}
  3. remove the stack:        make destroy STACK={stack}

What stays behind and what to do if step 3 stops half-way: docs/runbooks/destroy.md"""


class DestroyError(RuntimeError):
    """Why nothing was asked of the account, and what to do."""


class Pulumi(Protocol):
    """Runs pulumi with these arguments. captured: standard output is kept in the result instead of shown."""

    def __call__(self, arguments: Sequence[str], captured: bool) -> subprocess.CompletedProcess[str]: ...


def _pulumi(arguments: Sequence[str], captured: bool) -> subprocess.CompletedProcess[str]:
    return run_pulumi(arguments, DestroyError, stdout=subprocess.PIPE if captured else None)


def destroy(stack: str, arguments: Sequence[str], pulumi: Pulumi = _pulumi) -> int:
    """Exit status of pulumi. Raises DestroyError before anything is asked of the account.

    The stack's outputs are those of the last `up`: a setting that was changed since then has no effect yet, neither
    on ACK's protection nor on the engine's.
    """
    outputs = pulumi(["stack", "output", "--stack", stack, "--json"], captured=True)
    if outputs.returncode:
        return outputs.returncode
    if str(json.loads(outputs.stdout).get("deletionProtection", "")).startswith("on"):
        raise DestroyError(_HOW.format(stack=stack))
    return pulumi(["destroy", "--stack", stack, *arguments], captured=False).returncode
