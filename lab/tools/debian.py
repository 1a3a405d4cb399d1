"""The Debian packages that the lab's cluster runs on; only what is missing is installed."""

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from lab.tools import cache
from lab.tools.report import Progress, ToolError, say

# A command that proves that a package is there -> the package.
PACKAGES = {
    "containerd": "containerd",
    "runc": "runc",
    "etcd": "etcd-server",
    "hey": "hey",
    "iptables": "iptables",
    "ip": "iproute2",
    "nsenter": "util-linux",
    "/usr/lib/cni/bridge": "containernetworking-plugins",
}
SEARCH = f"{os.environ.get('PATH', '')}:/usr/local/sbin:/usr/sbin:/sbin"


def missing() -> list[str]:
    """Packages whose command is not there."""
    return [package for command, package in PACKAGES.items() if not _present(command)]


def _present(command: str) -> bool:
    return Path(command).exists() if command.startswith("/") else shutil.which(command, path=SEARCH) is not None


def install() -> None:
    """Installs what is missing; needs root, and apt where something is missing."""
    if not missing():
        say("system packages", "all there")
        return
    # apt does not wait for another apt; the second lab finds all there.
    with cache.lock("system-packages"):
        if wanted := missing():
            _install(wanted)


def _install(wanted: Sequence[str]) -> None:
    if shutil.which("apt-get") is None:
        raise ToolError(
            f"the lab needs {', '.join(wanted)}, and this is no Debian or Ubuntu. Mend: install them with this "
            f"system's package manager; the commands looked for are {', '.join(PACKAGES)}."
        )
    progress = Progress("system packages")
    # Offline to systemd: containerd and etcd must not start as services of the machine because a lab wants their files.
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "SYSTEMD_OFFLINE": "1"}
    # The machine's own upgrades may be under way.
    install = ["apt-get", "-o", "DPkg::Lock::Timeout=600", "install", "-y", "--no-install-recommends", *wanted]
    for command in (["apt-get", "update"], install):
        progress.update(" ".join(command))
        done = subprocess.run(
            command, env=environment, check=False, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        if done.returncode:
            raise ToolError(
                f"`{' '.join(command)}` failed with status {done.returncode}:\n{done.stdout[-1500:]}\n"
                "Mend: run it by hand to see why, then try again."
            )
    progress.done(f"installed {', '.join(wanted)}")
