"""The `pulumi` commands that a recovery takes."""

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ops.pulumi import run_pulumi
from ops.recover.errors import RecoverError


@dataclass(frozen=True)
class Engine:
    """One stack. config_file: instead of Pulumi.<stack>.yaml; program: its folder, else the current one."""

    stack: str
    config_file: Path | None = None
    program: Path | None = None

    def export(self) -> str:
        """The state, secrets encrypted. Raises RecoverError."""
        return self._run(["stack", "export"])

    def preview(self) -> str:
        """A plan as JSON, perhaps one that breaks off: what is in it is wanted all the same."""
        return self._pulumi(["preview", "--json", "--non-interactive", *self._config()]).stdout

    def replace(self, state: str) -> None:
        """Through standard input, so that it is never in a file. Raises RecoverError."""
        self._run(["stack", "import"], state)

    def refresh(self, urns: Sequence[str]) -> None:
        """Reads these resources from the account. Raises RecoverError."""
        targets = [word for urn in urns for word in ("--target", urn)]
        self._run(["refresh", "--yes", "--skip-preview", "--non-interactive", *self._config(), *targets])

    def _config(self) -> Sequence[str]:
        return ["--config-file", str(self.config_file.resolve())] if self.config_file else []

    def _run(self, arguments: Sequence[str], given: str = "") -> str:
        done = self._pulumi(arguments, given)
        if done.returncode:
            said = (done.stderr.strip() or done.stdout.strip())[-2000:]
            raise RecoverError(f"`pulumi {' '.join(arguments[:2])}` failed:\n{said}")
        return done.stdout

    def _pulumi(self, arguments: Sequence[str], given: str = "") -> subprocess.CompletedProcess[str]:
        pipe = subprocess.PIPE
        place = ["--cwd", str(self.program)] if self.program else []
        return run_pulumi([*arguments, "--stack", self.stack, *place], RecoverError, given, stdout=pipe, stderr=pipe)
