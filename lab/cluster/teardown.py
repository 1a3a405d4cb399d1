"""Taking it all away again, knowing nothing but the layout: a whole cluster, half of one, or what a SIGKILL left."""

import shutil
import socket
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from lab.cluster import cgroups, namespace
from lab.cluster.addresses import node_address
from lab.cluster.commands import run, wait_until
from lab.cluster.places import NodePlaces, Places
from lab.cluster.processes import kill, marked
from lab.layout import Layout

# Kept by `down`: logs to read afterwards, and images that are slow to make.
KEPT = ("log", "images")
MACHINE = Path("/")
# How long the kernel may call something busy, on a machine that is busy itself.
BUSY_SECONDS = 60
LISTEN_SECONDS = 0.2
CNI_RESULTS = "var/lib/cni/results"
CONTAINER_LOGS = "var/log/containers"
DEVICE_PLUGINS = "var/lib/kubelet/device-plugins"
SHIM_SOCKETS = "run/containerd/s"
# In folders that others share: another lab, or another node of this one, may take its own away at any moment.
GONE_MEANWHILE = suppress(FileNotFoundError)
# Folders of the whole machine in which kubelets and libcni leave something; removed by the last lab, and only if
# nothing else is there. A kubelet dies when its folder goes before it listens there.
SHARED_FOLDERS = (
    DEVICE_PLUGINS,
    "var/lib/kubelet",
    CNI_RESULTS,
    "var/lib/cni",
    CONTAINER_LOGS,
    SHIM_SOCKETS,
    "run/containerd/fifo",
    "run/containerd",
)


def down(layout: Layout) -> None:
    """Remove the lab from the machine but for its logs and its image cache."""
    stop_cluster(layout)
    shutil.rmtree(layout.run, ignore_errors=True)
    for entry in _entries(layout.var):
        if entry.name not in KEPT:
            _remove(entry)


def stop_cluster(layout: Layout) -> None:
    """Remove cluster, nodes and gateway; the emulated account's state and the supervisor are left alone."""
    places = Places(layout)
    kill(lambda: _everyone(layout), "the lab's processes end")
    for node in places.existing_nodes():
        _remove_traces(node)
    _remove_dead_sockets(MACHINE / SHIM_SOCKETS)
    _unmount(layout.var, layout.run)
    _remove_cgroups(cgroups.existing(layout.name))
    namespace.remove(layout)
    places.kernel_settings.release(_remove_shared_folders)
    for folder in (places.cluster, places.nodes, places.node_runs, places.gateway, places.pids, places.temporary):
        shutil.rmtree(folder, ignore_errors=True)


def kill_node(layout: Layout, number: int) -> None:
    """End a node as if its power failed: its daemons, its shims, its pods."""
    kill(lambda: [*marked(layout, number), *_members(cgroups.existing(layout.name, number))], f"node {number} ends")


def remove_node(places: Places, number: int) -> None:
    """Remove what a dead node leaves."""
    node = places.node(number)
    _remove_traces(node)
    _remove_dead_sockets(MACHINE / SHIM_SOCKETS)
    _unmount(node.var, node.run)
    _remove_cgroups(cgroups.existing(places.layout.name, number))
    namespace.remove_node_links(places.layout, node_address(number), node.bridge)
    for name in (node.containerd, node.kubelet):
        (places.pids / name).unlink(missing_ok=True)
    for folder in (node.var, node.run):
        shutil.rmtree(folder, ignore_errors=True)


def leftovers(layout: Layout) -> list[str]:
    """What is still there of a lab, a line for each thing; empty after `down`."""
    places = Places(layout)
    found = [f"process {pid} ({_command(pid)})" for pid in sorted(set(_everyone(layout)))]
    found += [f"mount {mount}" for mount in _mounts(layout.var, layout.run)]
    found += [f"cgroup {cgroup}" for cgroup in cgroups.existing(layout.name)]
    found += [f"network namespace {layout.netns}"] if layout.netns.exists() else []
    found += [f"kernel setting {name}, was {value}" for name, value in places.kernel_settings.changed().items()]
    found += [f"file {entry}" for entry in _entries(layout.var) if entry.name not in KEPT]
    found += [f"file {entry}" for entry in _entries(layout.run)]
    return found


def _everyone(layout: Layout) -> Iterator[int]:
    yield from marked(layout)
    yield from namespace.members(layout)
    yield from _members(cgroups.existing(layout.name))


def _members(groups: Iterable[Path]) -> Iterator[int]:
    for cgroup in groups:
        yield from cgroups.members(cgroup)


def _remove_shared_folders() -> None:
    # One name for all kubelets of the machine: nobody's own.
    _remove_dead_sockets(MACHINE / DEVICE_PLUGINS)
    for shared in SHARED_FOLDERS:
        with suppress(OSError):
            (MACHINE / shared).rmdir()


def _remove_cgroups(groups: list[Path]) -> None:
    """The kernel may call a cgroup busy for a moment after its last process ended."""
    wait_until(lambda: all(map(cgroups.removed, groups)), f"cgroups {groups} are empty", timeout=BUSY_SECONDS)


def _remove_traces(node: NodePlaces) -> None:
    """What a node left outside its own folders: known by name only as long as its folders exist."""
    for result in _entries(MACHINE / CNI_RESULTS):
        with GONE_MEANWHILE:
            if f"{node.run}/" in result.read_text(errors="replace"):
                result.unlink()
    for link in _entries(MACHINE / CONTAINER_LOGS):
        with GONE_MEANWHILE:
            if link.is_symlink() and link.readlink().is_relative_to(node.pod_logs):
                link.unlink()


def _unmount(*below: Path) -> None:
    """Take all mounts below the folders away; RuntimeError if one stays, for then the folders must not be deleted."""
    what = f"mounts below {below} are gone"
    wait_until(lambda: not [_detach(mount) for mount in _mounts(*below)], what, timeout=BUSY_SECONDS)


def _detach(mount: str) -> str:
    with suppress(RuntimeError):
        run("umount", "--lazy", mount)
    return mount


def _mounts(*below: Path) -> list[str]:
    """Mount points below the folders, innermost first."""
    points = [line.split()[1].replace("\\040", " ") for line in Path("/proc/mounts").read_text().splitlines()]
    return sorted((p for p in points if any(Path(p).is_relative_to(folder) for folder in below)), reverse=True)


def _remove_dead_sockets(folder: Path) -> None:
    """Those on which nobody listens: containerd forgets the name of a shim's socket when it sees the shim killed.

    A dead one of somebody else's goes too: it is of no use to its owner.
    """
    dead = [path for path in _entries(folder) if _is_dead(path)]
    # Somebody else's may have its name already and listen in a moment.
    time.sleep(LISTEN_SECONDS if dead else 0)
    for path in filter(_is_dead, dead):
        path.unlink(missing_ok=True)


def _is_dead(path: Path) -> bool:
    """Whether it is a socket on which nobody listens. One that is busy is alive, and so is one that has just gone."""
    if not path.is_socket():
        return False
    with socket.socket(socket.AF_UNIX) as client:
        client.setblocking(False)
        try:
            client.connect(str(path))
        except ConnectionRefusedError:
            return True
        except OSError:
            return False
    return False


def _entries(folder: Path) -> list[Path]:
    with GONE_MEANWHILE:
        return sorted(folder.iterdir())
    return []


def _remove(entry: Path) -> None:
    if entry.is_dir() and not entry.is_symlink():
        shutil.rmtree(entry)
    else:
        entry.unlink()


def _command(pid: int) -> str:
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ").strip()[:80]
    return "gone by now"
