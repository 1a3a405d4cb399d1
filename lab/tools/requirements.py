"""What a machine must be to run the lab: said before anything is started or built."""

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from lab.cluster import cgroups
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


# A module of the kernel -> whether it is there, and what it is for.
MODULES: Mapping[str, tuple[Callable[[], bool], str]] = {
    "overlay": (lambda: "overlay" in Path("/proc/filesystems").read_text().split(), "containers' file systems"),
    "br_netfilter": (lambda: Path("/proc/sys/net/bridge").exists(), "Services on a bridge"),
}
LIMITS = {"cpu", "cpuset", "memory", "pids"}


def check_kernel() -> None:
    """Loads what the lab needs of the kernel; raises ToolError for what it does not have."""
    for module, (is_there, purpose) in MODULES.items():
        if not is_there() and shutil.which("modprobe"):
            subprocess.run(["modprobe", module], check=False, capture_output=True)
        if not is_there():
            raise ToolError(
                f"this kernel has no {module}, which the lab needs for {purpose}. Mend: `modprobe {module}` says why; "
                "in a container load it on the host, else install the package with the kernel's modules."
            )
    if missing := LIMITS - cgroups.controllers():
        raise ToolError(
            f"this machine has no cgroup controllers {', '.join(sorted(missing))} below {cgroups.ROOT}, and a kubelet "
            "insists on them. Mend: mount cgroups there (in a container: run it privileged); where the kernel has "
            "them switched off, boot it with cgroup_enable=memory."
        )
