"""Kernel settings of the whole machine that a kubelet overwrites, and how to put them back."""

import json
from pathlib import Path

ROOT = Path("/proc/sys")
# Those of setupKernelTunables in the kubelet.
NAMES = (
    "vm.overcommit_memory",
    "vm.panic_on_oom",
    "kernel.panic",
    "kernel.panic_on_oops",
    "kernel.keys.root_maxkeys",
    "kernel.keys.root_maxbytes",
)


def record(file: Path) -> None:
    """Write the settings down, unless that was done before: by then a kubelet may have changed them."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(current()))


def restore(file: Path) -> None:
    """Put back what was recorded, and forget it."""
    for name, value in changed(file).items():
        _path(name).write_text(value)
    file.unlink(missing_ok=True)


def changed(file: Path) -> dict[str, str]:
    """Settings that are no longer as recorded, with the value to put back."""
    if not file.exists():
        return {}
    now = current()
    before: dict[str, str] = json.loads(file.read_text())
    return {name: value for name, value in before.items() if now.get(name) != value}


def current() -> dict[str, str]:
    return {name: _path(name).read_text().strip() for name in NAMES if _path(name).exists()}


def _path(name: str) -> Path:
    return ROOT / name.replace(".", "/")
