"""`make preview`: the real engine and provider code over a stack file, without account, network or lasting state."""

import socket
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from lab.tools.pulumi import CHECKOUT, Installed
from lab.tools.pulumi import install as install_pulumi
from lab.workspace import ACCOUNT, KEYS, Workspace, WorkspaceError


def stack_file(stack: str) -> Path:
    """Pulumi.<stack>.yaml of this checkout; WorkspaceError with the stacks there are if it is none."""
    path = CHECKOUT / f"Pulumi.{stack}.yaml"
    if not path.is_file():
        known = sorted(p.name.removeprefix("Pulumi.").removesuffix(".yaml") for p in CHECKOUT.glob("Pulumi.*.yaml"))
        raise WorkspaceError(f"there is no stack {stack!r} (no {path.name}). Stacks: {', '.join(known)}.")
    return path


def preview(
    config: Path,
    arguments: Sequence[str] = (),
    capture: bool = True,
    checkout: Path = CHECKOUT,
    installed: Installed | None = None,
    environment: Mapping[str, str] | None = None,
) -> subprocess.CompletedProcess[str]:
    """`pulumi preview` of a stack file as if nothing existed yet; its own stdout, stderr and exit status.

    checkout: whose program runs; installed: None to look for pulumi first; environment: on top of the preview's.
    """
    _ensure_loopback()
    with tempfile.TemporaryDirectory(prefix="preview-") as folder:
        extra = {**KEYS, **ACCOUNT, **(environment or {})}
        workspace = Workspace(Path(folder), config, installed or install_pulumi(), extra, checkout)
        workspace.prepare()
        return workspace.run("preview", ["--non-interactive", *arguments], capture)


def _ensure_loopback() -> None:
    """Engine and plugins talk over 127.0.0.1, which is down in a new network namespace (`unshare -n`)."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("127.0.0.1", 9))
        except OSError as problem:
            if subprocess.run(["ip", "link", "set", "lo", "up"], check=False, capture_output=True).returncode:
                raise WorkspaceError(
                    f"the loopback interface is down ({problem.strerror}), and pulumi's own parts talk over it. "
                    "Mend: ip link set lo up."
                ) from problem
