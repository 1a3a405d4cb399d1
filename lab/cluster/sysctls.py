"""Kernel settings of the whole machine that change while a lab runs, and how to put them back.

Several labs may run at once: the first one writes the settings down, the last one puts them back. The record lies below
/run, because a reboot undoes the changes too.
"""

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from lab.cluster.machine import alone
from lab.files import write_whole

ROOT = Path("/proc/sys")
# Those of setupKernelTunables in the kubelet.
OVERWRITTEN = (
    "vm.overcommit_memory",
    "vm.panic_on_oom",
    "kernel.panic",
    "kernel.panic_on_oops",
    "kernel.keys.root_maxkeys",
    "kernel.keys.root_maxbytes",
)
# A node needs seven inotify instances, and the kernel's default is 128: too few for a dozen nodes.
RAISED = {"fs.inotify.max_user_instances": 8192}


@dataclass(frozen=True)
class KernelSettings:
    """The settings as one lab holds on to them; `folder` is common to all labs of the machine."""

    folder: Path
    lab: str

    def hold(self) -> None:
        """Write the settings down, unless another lab did that before it changed them; raise those that are too low."""
        with alone(self.folder.parent):
            self._holders.mkdir(parents=True, exist_ok=True)
            if not self._record.exists():
                # Half a record would be taken for a whole one.
                write_whole(self._record, json.dumps(_current()))
            (self._holders / self.lab).touch()
            for name, least in RAISED.items():
                if _path(name).exists() and int(_path(name).read_text()) < least:
                    _path(name).write_text(str(least))

    def release(self, as_the_last: Callable[[], None] = lambda: None) -> None:
        """Put the settings back, unless another lab still needs them; fine if this lab held none.

        as_the_last: done when no lab holds any more, and before one can hold again.
        """
        with alone(self.folder.parent):
            if self._others():
                (self._holders / self.lab).unlink(missing_ok=True)
                return
            for name, value in self.changed().items():
                _path(name).write_text(value)
            as_the_last()
            # After all else: whoever is killed in between can do it again.
            (self._holders / self.lab).unlink(missing_ok=True)
            shutil.rmtree(self.folder, ignore_errors=True)

    def changed(self) -> dict[str, str]:
        """Settings that are no longer as written down, with the value to put back; none if this lab holds none."""
        if not (self._holders / self.lab).exists():
            return {}
        now = _current()
        try:
            before: dict[str, str] = json.loads(self._record.read_text())
        except FileNotFoundError:
            # Released in between.
            return {}
        return {name: value for name, value in before.items() if now.get(name) != value}

    def _others(self) -> list[Path]:
        return [held for held in self._holders.glob("*") if held.name != self.lab]

    @property
    def _record(self) -> Path:
        return self.folder / "before.json"

    @property
    def _holders(self) -> Path:
        return self.folder / "labs"


def _current() -> dict[str, str]:
    return {name: _path(name).read_text().strip() for name in (*OVERWRITTEN, *RAISED) if _path(name).exists()}


def _path(name: str) -> Path:
    return ROOT / name.replace(".", "/")
