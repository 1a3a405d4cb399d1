"""What all labs of a machine share is changed by one of them at a time."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lab.cluster.commands import wait_until

# Whoever is inside runs a few of the machine's small tools, no more.
LONGEST_SECONDS = 120


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Inside, no other process or thread is inside for the same folder; RuntimeError if one does not come out of it.

    The folder itself is locked, which leaves no file behind. The kernel unlocks it when the holder is killed: what is
    done inside must be such that the next one can do it again. Daemons started meanwhile do not inherit the lock. Not
    to be nested.
    """
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        wait_until(
            lambda: _locked(handle),
            f"no other lab is at work in {folder} (`fuser {folder}` names the processes that have it open)",
            timeout=LONGEST_SECONDS,
            pause=0.02,
        )
        try:
            yield
        finally:
            # Not by closing alone: a child that another thread is just starting has the handle until it runs.
            fcntl.flock(handle, fcntl.LOCK_UN)
    finally:
        os.close(handle)


def _locked(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
