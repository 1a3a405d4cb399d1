"""`python -m tests.workflows`: the workflow files through both of their linters."""

import subprocess
import sys
from pathlib import Path

from lab.tools.gobuild import build
from lab.tools.versions import ACTIONLINT

WORKFLOWS = Path(__file__).resolve().parent.parent / ".github" / "workflows"


def main() -> int:
    """Exit status: 0 when both linters are content."""
    files = sorted(map(str, WORKFLOWS.glob("*.yml")))
    actionlint = [str(build(ACTIONLINT) / "bin" / "actionlint"), *files]
    zizmor = [str(Path(sys.executable).with_name("zizmor")), "--offline", "--no-progress", *files]
    failed = [linter[0] for linter in (actionlint, zizmor) if subprocess.run(linter, check=False).returncode]
    print(f"workflows: {len(files)} files, {f'refused by {failed}' if failed else 'both linters are content'}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
