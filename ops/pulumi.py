"""Running `pulumi` from PATH."""

import subprocess
from collections.abc import Sequence


def run_pulumi(
    arguments: Sequence[str],
    missing: type[Exception],
    given: str | None = None,
    stdout: int | None = None,
    stderr: int | None = None,
) -> subprocess.CompletedProcess[str]:
    """Ends when pulumi does, whatever its status. given: its standard input, else the caller's own.

    stdout, stderr: as subprocess has them. missing: raised, with what to do, where there is no pulumi.
    """
    try:
        return subprocess.run(["pulumi", *arguments], check=False, text=True, input=given, stdout=stdout, stderr=stderr)
    except FileNotFoundError as error:
        raise missing("There is no pulumi on PATH. Install it: https://www.pulumi.com/docs/install/") from error
