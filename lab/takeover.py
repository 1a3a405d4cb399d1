"""A lab whose account's process is gone: whether another one can go on with what still runs.

Each such process leaves a note of what it is. `lab down` takes that away before anything else, so that nobody goes on
with half a lab.
"""

import hashlib
import json
import os
import signal
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from lab.cluster.cluster import dead_control_plane
from lab.cluster.commands import wait_until
from lab.cluster.processes import send, start_time
from lab.files import write_whole
from lab.layout import Layout
from lab.tools.pulumi import CHECKOUT

END_SECONDS = 30
# What the lab's behaviour is made of.
_KINDS = (".py", ".yaml", ".j2")


@dataclass(frozen=True)
class _Note:
    """started: as start_time has it. code: changes with the lab's code and the checkout's place."""

    pid: int
    started: str
    ports: list[int]
    code: str


def leave_note(layout: Layout) -> None:
    """For the next process; to be called by the account's own before it does anything."""
    layout.run.mkdir(parents=True, exist_ok=True)
    write_whole(layout.supervisor, json.dumps(asdict(_own_note(layout))))


def tear_note(layout: Layout) -> None:
    """From now on nobody can go on; fine if there is none."""
    layout.supervisor.unlink(missing_ok=True)


def obstacle(layout: Layout, any_code: bool = False) -> str | None:
    """Why nobody can go on with what is left of a lab; None if one can.

    any_code: it may have been started by code that has changed since, or by another checkout.
    """
    note = _note(layout)
    if note is None:
        return "it was not up yet, or on its way down"
    own = _own_note(layout)
    if note.ports != own.ports:
        return "it has other ports"
    if note.code != own.code and not any_code:
        return "another version of the code has made it"
    if dead := dead_control_plane(layout):
        return f"of its control plane {', '.join(dead)} died"
    return None


def end_supervisor(layout: Layout) -> None:
    """SIGKILL to the process that left the note, if it is still there: what it does is done again by the next one,
    whereas a process that ends in order gives it up."""
    note = _note(layout)
    if note is None:
        return

    def gone() -> bool:
        return start_time(note.pid) != note.started

    if not gone():
        send(note.pid, signal.SIGKILL)
    wait_until(gone, f"the account's process {note.pid} ends", timeout=END_SECONDS)


def _note(layout: Layout) -> _Note | None:
    try:
        return _Note(**json.loads(layout.supervisor.read_text()))
    except (FileNotFoundError, ValueError, TypeError):
        return None


def _own_note(layout: Layout) -> _Note:
    return _Note(os.getpid(), start_time(os.getpid()), sorted(layout.ports), _code())


def _code() -> str:
    """Of the checkout as well: the stack's state belongs to one."""
    digest = hashlib.sha256(str(CHECKOUT).encode())
    for file in _sources():
        digest.update(str(file).encode() + file.read_bytes())
    return digest.hexdigest()


def _sources() -> Iterator[Path]:
    return (file for file in sorted((CHECKOUT / "lab").rglob("*")) if file.suffix in _KINDS and file.is_file())
