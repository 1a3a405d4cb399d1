"""The vendor's packages, installed into the cache folder: the program's environment stays small without them."""

import subprocess
import sys
from pathlib import Path

from lab.tools import cache
from lab.tools.report import ToolError, say

REQUIREMENTS = Path(__file__).resolve().parents[2] / "requirements-sdk.txt"
INSTALLER_MINUTES = 10


def folder() -> Path:
    """Where they are. The first time it downloads 137 MB, which takes minutes; raises ToolError if that fails."""
    key = cache.key_of([REQUIREMENTS], sys.version.split()[0])
    if not cache.entry("vendor-sdk", key).is_dir():
        say("vendor's SDKs", "installing, about two minutes the first time")
    return cache.produce("vendor-sdk", key, _install)


def _install(target: Path) -> None:
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    command = [*pip, "--target", str(target), "-r", str(REQUIREMENTS)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60 * INSTALLER_MINUTES)
    if done.returncode:
        raise ToolError(f"the vendor's SDKs cannot be installed from PyPI: {done.stderr.strip()[-500:]}")
