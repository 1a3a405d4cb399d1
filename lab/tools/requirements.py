"""What a machine must be to run the lab: said before anything is started or built."""

import os
import platform
import sys

from lab.tools.report import ToolError


def check_machine() -> None:
    """Raises ToolError on a machine that cannot run the lab."""
    if not sys.platform.startswith("linux") or platform.machine() != "x86_64":
        raise ToolError(
            f"the lab runs on Linux x86-64, this is {sys.platform} {platform.machine()}. "
            "Mend: `make preview` needs no lab; the rest runs in any Linux x86-64 virtual machine."
        )
    if os.geteuid() != 0:
        raise ToolError(
            "the lab needs root: it makes a network namespace, mounts and cgroups, and removes them again. "
            "Mend: run the same command with sudo, or as root in a virtual machine."
        )
