"""A cgroup for each node, in which its kubelet puts the pods: found again at teardown whatever else got lost."""

import os
from collections.abc import Iterator
from pathlib import Path

ROOT = Path("/sys/fs/cgroup")
# Version 2: a kubelet insists on those of them that the machine has.
CONTROLLERS = ("cpu", "cpuset", "hugetlb", "memory", "pids")


def create(name: str) -> None:
    """Make the cgroup in every hierarchy: one of version 2, or each controller's own of version 1."""
    for hierarchy in hierarchies():
        cgroup = hierarchy / name
        cgroup.mkdir(exist_ok=True)
        if hierarchy == ROOT:
            wanted = " ".join(f"+{controller}" for controller in CONTROLLERS if controller in controllers())
            (hierarchy / "cgroup.subtree_control").write_text(wanted)
        # Version 1: a new cpuset is empty and takes no process.
        for setting in ("cpuset.cpus", "cpuset.mems"):
            if hierarchy != ROOT and (hierarchy / setting).exists():
                (cgroup / setting).write_text((hierarchy / setting).read_text())


def existing(name: str, number: int | None = None) -> list[Path]:
    """The cgroups NAME-<number> that exist: of one node, or of all nodes of a lab."""
    if number is not None:
        return [c for hierarchy in hierarchies() if (c := hierarchy / f"{name}-{number}").is_dir()]
    found = (
        c
        for hierarchy in hierarchies()
        for c in hierarchy.glob(f"{name}-*")
        if c.name.removeprefix(f"{name}-").isdigit()
    )
    return sorted(c for c in found if c.is_dir())


def members(cgroup: Path) -> Iterator[int]:
    """Processes in a cgroup and below it."""
    for each in _from_below(cgroup):
        try:
            yield from map(int, (each / "cgroup.procs").read_text().split())
        except OSError:
            continue


def removed(cgroup: Path) -> bool:
    """Remove a cgroup and those below it; False while a process is left in one, True also if it is gone already."""
    try:
        for each in _from_below(cgroup):
            each.rmdir()
    except OSError:
        return not cgroup.exists()
    return True


def _from_below(cgroup: Path) -> Iterator[Path]:
    """The cgroup and all below it, innermost first. Not `rglob`: a dying pod's cgroup vanishes while one looks."""
    return (Path(folder) for folder, _, _ in os.walk(cgroup, topdown=False))


def controllers() -> set[str]:
    """What this machine can limit with cgroups."""
    if hierarchies() == [ROOT]:
        return set((ROOT / "cgroup.controllers").read_text().split())
    # Version 1 mounts some of them together: `cpu,cpuacct`.
    return {controller for hierarchy in hierarchies() for controller in hierarchy.name.split(",")}


def hierarchies() -> list[Path]:
    if (ROOT / "cgroup.procs").exists():
        return [ROOT]
    return [d for d in sorted(ROOT.glob("*")) if (d / "cgroup.procs").exists()]
