"""The user's cache folder: what was built or downloaded once serves every checkout, and CI."""

import contextlib
import fcntl
import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

NAME = "ack-stable-diffusion"


def root() -> Path:
    """XDG_CACHE_HOME or ~/.cache, then this project's folder; `make clean-cache` removes it."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / NAME


def key_of(paths: Iterable[Path], *words: str) -> str:
    """A short hash of files (folders: everything below, by relative name) and words: what a tool is made from."""
    digest = hashlib.sha256("\0".join(words).encode())
    for path in paths:
        files = sorted(f for f in path.rglob("*") if f.is_file()) if path.is_dir() else [path]
        for file in files:
            digest.update(f"\0{file.relative_to(path.parent)}\0".encode() + file.read_bytes())
    return digest.hexdigest()[:16]


def entry(name: str, key: str) -> Path:
    """Where a tool of that key lives once it is there."""
    return root() / "tools" / f"{name}-{key}"


def produce(name: str, key: str, make: Callable[[Path], None]) -> Path:
    """The entry, made by `make(folder)` if it is not there yet.

    A failed or interrupted make leaves nothing: the folder appears by one rename. Two processes that want
    the same tool at once make it once, the second waits.
    """
    target = entry(name, key)
    if target.is_dir():
        return target
    with lock(f"{name}-{key}"):
        if target.is_dir():
            return target
        target.parent.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix=f".{name}-", dir=target.parent))
        try:
            make(work)
            work.chmod(0o755)
            work.rename(target)
        finally:
            shutil.rmtree(work, ignore_errors=True)
    return target


@contextlib.contextmanager
def lock(name: str) -> Iterator[None]:
    """One process or thread at a time, for one name; as long as it takes."""
    path = root() / "locks" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
