"""Daemons that outlive the process that starts them: pid files, log files, a clean environment."""

import os
import signal
import subprocess
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import lab
from lab.cluster.commands import wait_until
from lab.cluster.places import Places
from lab.layout import Layout

# Set in every process of the lab, and through containerd in its shims, so that teardown finds them without pid files.
MARKER = "ACK_LAB"
NODE_MARKER = "ACK_LAB_NODE"
LOG_TAIL_LINES = 15
KILL_SECONDS = 120


class Daemons:
    """Start, stop and look after the daemons of one lab, by name; safe to use from several threads and processes."""

    def __init__(self, layout: Layout):
        self._layout = layout
        self._pids = Places(layout).pids
        # Kept so that a dead child is reaped when someone asks for it.
        self._children: dict[int, subprocess.Popen[bytes]] = {}
        self._lock = threading.Lock()

    def start(self, name: str, argv: Sequence[str], *, inside: bool = True, node: int | None = None) -> None:
        """Run `argv` in the background, in the lab's network namespace if `inside`; says nothing about its health."""
        self._pids.mkdir(parents=True, exist_ok=True)
        self._layout.logs.mkdir(parents=True, exist_ok=True)
        Places(self._layout).temporary.mkdir(mode=0o700, exist_ok=True)
        enter = ["nsenter", f"--net={self._layout.netns}", "--"] if inside else []
        environment = clean_environment(self._layout) | ({NODE_MARKER: str(node)} if node is not None else {})
        with self.log(name).open("wb") as log:
            child = subprocess.Popen(
                [*enter, *argv],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=environment,
                cwd="/",
                start_new_session=True,
            )
        with self._lock:
            self._children[child.pid] = child
        self._pid_file(name).write_text(f"{child.pid} {start_time(child.pid)}\n")

    def alive(self, name: str) -> bool:
        return self._pid(name) is not None

    def pid(self, name: str) -> int:
        """RuntimeError with the end of its log if the daemon does not run."""
        found = self._pid(name)
        if found is None:
            raise RuntimeError(f"{name} stopped; the end of {self.log(name)}:\n{self._tail(name)}")
        return found

    def check(self, *names: str) -> None:
        """RuntimeError with the end of its log if one of the daemons does not run."""
        for name in names:
            self.pid(name)

    def running(self) -> list[str]:
        try:
            names = sorted(file.name for file in self._pids.iterdir())
        except FileNotFoundError:
            return []
        return list(filter(self.alive, names))

    def stop(self, *names: str, grace: float = 5) -> None:
        """SIGTERM, then SIGKILL for those that are still there after `grace` seconds."""
        pids = {name: pid for name in names if (pid := self._pid(name)) is not None}
        for pid in pids.values():
            send(pid, signal.SIGTERM)
        try:
            wait_until(lambda: not any(map(self.alive, pids)), "daemons stop", timeout=grace, pause=0.02)
        except RuntimeError:
            for pid in pids.values():
                send(pid, signal.SIGKILL)
            # Whoever stops it wants to remove its files.
            wait_until(lambda: not any(map(self.alive, pids)), "daemons end", timeout=KILL_SECONDS, pause=0.02)
        for name in names:
            self._pid_file(name).unlink(missing_ok=True)

    def log(self, name: str) -> Path:
        return self._layout.logs / f"{name}.log"

    def _pid_file(self, name: str) -> Path:
        return self._pids / name

    def _pid(self, name: str) -> int | None:
        try:
            pid, started = self._pid_file(name).read_text().split()
        except (OSError, ValueError):
            return None
        with self._lock:
            child = self._children.get(int(pid))
        if child is not None:
            child.poll()
        return int(pid) if start_time(int(pid)) == started else None

    def _tail(self, name: str) -> str:
        try:
            lines = self.log(name).read_text(errors="replace").splitlines()
        except OSError:
            return "(no log)"
        return "\n".join(lines[-LOG_TAIL_LINES:])


def clean_environment(layout: Layout) -> dict[str, str]:
    """Nothing of the caller's: a Pulumi shell has HTTPS_PROXY set, and an API server would call its webhooks there."""
    return {
        "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        "HOME": str(Places(layout).temporary),
        "LANG": "C.UTF-8",
        "PYTHONPATH": str(Path(lab.__file__).parent.parent),
        "PYTHONUNBUFFERED": "1",
        "TMPDIR": str(Places(layout).temporary),
        MARKER: layout.name,
    }


def marked(layout: Layout, node: int | None = None) -> Iterator[int]:
    """Processes that carry the lab's marker (and the node's), whoever is their parent now."""
    wanted = {f"{MARKER}={layout.name}".encode()}
    if node is not None:
        wanted.add(f"{NODE_MARKER}={node}".encode())
    for process in processes():
        try:
            environment = (process / "environ").read_bytes().split(b"\0")
        except OSError:
            continue
        if wanted.issubset(environment):
            yield int(process.name)


def processes() -> Iterator[Path]:
    """The /proc folders of all processes."""
    return (p for p in Path("/proc").iterdir() if p.name.isdigit())


def kill(find: Callable[[], Iterable[int]], what: str) -> None:
    """SIGKILL to all that `find` finds, until it finds nobody and those found before are gone.

    Again and again, for a daemon may start a child in between. This process and its ancestors are spared.
    """
    spared = set(ancestry())
    killed: dict[int, str] = {}

    def all_gone() -> bool:
        found = set(find()) - spared
        killed.update({pid: start_time(pid) for pid in found - killed.keys()})
        for pid in found:
            send(pid, signal.SIGKILL)
        return not found and not any(started and start_time(pid) == started for pid, started in killed.items())

    wait_until(all_gone, what, timeout=KILL_SECONDS, pause=0.05)


def send(pid: int, what: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, what)


def ancestry() -> Iterator[int]:
    """This process, its parent, and so on."""
    pid = os.getpid()
    while pid:
        yield pid
        pid = int(_stat(pid)[1])


def start_time(pid: int) -> str:
    """When a process started, in clock ticks after boot; empty if it is gone or a zombie. With it a pid is unique.

    A zombie of which a thread is left is none yet: its files and ports are still in use.
    """
    try:
        state, *rest = _stat(pid)
    except OSError:
        return ""
    threads, started = int(rest[16]), rest[18]
    return "" if state == "Z" and threads < 2 else started


def _stat(pid: int) -> list[str]:
    """Fields of /proc/PID/stat from the third (state) on: the second may hold spaces and parentheses."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
