"""The network namespace that holds cluster and gateway: no link leads out of it."""

from contextlib import suppress
from pathlib import Path

from lab.cluster.addresses import CONTROL_PLANE, NOWHERE
from lab.cluster.commands import run
from lab.cluster.machine import alone
from lab.layout import Layout

# Not every kernel has dummy devices; a veth pair with both ends inside does the same.
LINK, PEER = "lab0", "lab1"
SETTINGS = (
    "net.ipv4.ip_forward=1",
    "net.ipv4.conf.all.route_localnet=1",
    "net.bridge.bridge-nf-call-iptables=1",
)
LISTEN = "0A"


def create(layout: Layout) -> None:
    """Make the namespace with the control plane's address; fine if it is there already."""
    # The first `ip netns add` of a machine makes the folder of all namespaces; two at once mount it on itself twice.
    with alone(layout.run.parent):
        if not layout.netns.exists():
            run("ip", "netns", "add", layout.name)
    _ip(layout, "link", "set", "lo", "up")
    if LINK not in _ip(layout, "-brief", "link", "show"):
        _ip(layout, "link", "add", LINK, "type", "veth", "peer", "name", PEER)
    add_address(layout, CONTROL_PLANE)
    for end in (LINK, PEER):
        _ip(layout, "link", "set", end, "up")
    _ip(layout, "route", "replace", "default", "via", NOWHERE, "dev", LINK)
    # Never `ip netns exec`: it mounts a new /sys, and the cgroups vanish with the old one.
    run("nsenter", f"--net={layout.netns}", "--", "sysctl", "-qw", *SETTINGS)


def add_address(layout: Layout, address: str) -> None:
    _ip(layout, "address", "replace", f"{address}/24", "dev", LINK)


def remove_node_links(layout: Layout, address: str, bridge: str) -> None:
    """Take a node's address and bridge away; fine if they are gone."""
    if layout.netns.exists():
        if f"{address}/24" in _ip(layout, "-brief", "address", "show", "dev", LINK).split():
            _ip(layout, "address", "delete", f"{address}/24", "dev", LINK)
        if bridge in [line.split()[0] for line in _ip(layout, "-brief", "link", "show").splitlines()]:
            _ip(layout, "link", "delete", bridge)


def remove(layout: Layout) -> None:
    """Delete the namespace; fine if there is none."""
    with alone(layout.run.parent):
        if layout.netns.exists():
            run("ip", "netns", "delete", layout.name)
            _remove_if_empty(layout.netns.parent)


def members(layout: Layout) -> list[int]:
    """Processes inside the namespace."""
    try:
        inode = layout.netns.stat().st_ino
    except OSError:
        return []
    return [int(p.name) for p in Path("/proc").iterdir() if p.name.isdigit() and _inode(p / "ns/net") == inode]


def listens(pid: int, port: int) -> bool:
    """Whether anyone listens on a TCP port in the namespace of a process."""
    tables = [Path(f"/proc/{pid}/net/{table}") for table in ("tcp", "tcp6")]
    lines = [line.split() for table in tables if table.exists() for line in table.read_text().splitlines()[1:]]
    return any(line[3] == LISTEN and int(line[1].rpartition(":")[2], 16) == port for line in lines)


def _remove_if_empty(folder: Path) -> None:
    """`ip netns add` made the folder, and mounted it on itself. It stays if another program uses it meanwhile."""
    with suppress(OSError):
        if not any(folder.iterdir()):
            with suppress(RuntimeError):
                run("umount", str(folder))
            folder.rmdir()


def _ip(layout: Layout, *arguments: str) -> str:
    return run("ip", "-n", layout.name, *arguments)


def _inode(link: Path) -> int | None:
    try:
        return link.stat().st_ino
    except OSError:
        return None
