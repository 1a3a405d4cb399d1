"""What a lab could leave behind on the machine, read from the kernel and not from the lab's own books."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

SYSCTLS = ("kernel/panic", "kernel/panic_on_oops", "vm/overcommit_memory", "net/ipv4/ip_forward")
FOLDERS = ("/var/log/pods", "/var/log/containers", "/var/lib/cni", "/run/containerd", "/var/lib/kubelet")
CGROUPS = Path("/sys/fs/cgroup")  # version 1 has a folder for each controller there, version 2 the cgroups themselves
PROGRAMS = ("kube", "envoy", "etcd", "containerd", "containerd-shim-runc-v2", "python3")


@dataclass(frozen=True)
class Snapshot:
    """processes: those outside the host's network namespace, or running one of the lab's programs as a daemon."""

    processes: frozenset[str]
    mounts: frozenset[str]
    namespaces: frozenset[str]
    cgroups: frozenset[str]
    links: frozenset[str]
    settings: tuple[str, ...]
    files: frozenset[str]


def take() -> Snapshot:
    """The state of the machine now."""
    return Snapshot(
        processes=frozenset(filter(None, map(_process, Path("/proc").glob("[0-9]*")))),
        mounts=frozenset(line.split()[1] for line in Path("/proc/mounts").read_text().splitlines()),
        namespaces=_names(Path("/run/netns")),
        cgroups=frozenset(_below(str(CGROUPS), depth=2)),
        links=_names(Path("/sys/class/net")),
        settings=tuple((Path("/proc/sys") / name).read_text().strip() for name in SYSCTLS),
        files=frozenset(path for folder in FOLDERS for path in _below(folder, files=True)),
    )


def left_behind(before: Snapshot, after: Snapshot) -> dict[str, object]:
    """What is there after and was not before, by kind; settings that differ, as they are now."""
    kinds = ("processes", "mounts", "namespaces", "cgroups", "links", "files")
    new: dict[str, object] = {kind: getattr(after, kind) - getattr(before, kind) for kind in kinds}
    new["settings"] = [now for was, now in zip(before.settings, after.settings, strict=True) if was != now]
    return {kind: things for kind, things in new.items() if things}


def _names(folder: Path) -> frozenset[str]:
    return frozenset(p.name for p in folder.iterdir()) if folder.is_dir() else frozenset()


def _below(folder: str, files: bool = False, depth: int = 99) -> Iterator[str]:
    """Folders, and files too if so; what goes while one looks is not there."""
    for found, folders, names in os.walk(folder):
        yield from (f"{found}/{name}" for name in (*folders, *(names if files else ())))
        if found.count("/") - folder.count("/") == depth - 1:
            folders.clear()


def _process(folder: Path) -> str | None:
    try:
        words = (folder / "cmdline").read_bytes().split(b"\0")
        elsewhere = (folder / "ns/net").stat().st_ino != Path("/proc/self/ns/net").stat().st_ino
        daemon = os.getsid(int(folder.name)) == int(folder.name)
    except (OSError, ProcessLookupError):
        return None
    name = Path(words[0].decode(errors="replace")).name
    if not words[0] or not (elsewhere or (daemon and name in PROGRAMS)):
        return None
    return f"{folder.name} {b' '.join(words).decode(errors='replace').strip()}"
