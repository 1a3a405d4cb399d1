"""Nothing of the lab leaves the machine: no packet of cluster and pods, no call of the engine that works against it."""

import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import pytest
from dnslib import RCODE, DNSRecord

from lab.cluster import cgroups, namespace
from lab.cluster.addresses import CLUSTER_DOMAIN, CONTROL_PLANE
from lab.cluster.commands import run, wait_until
from lab.cluster.processes import marked
from lab.layout import Layout
from lab.lifecycle import bring_down, bring_up, control
from lab.ports import LOOPBACK
from lab.tools.install import install_pulumi
from lab.tools.pulumi import CHECKOUT
from lab.workspace import lab_workspace
from tests.lab import snapshot

pytestmark = pytest.mark.lab

# Of a network that exists in documents alone (RFC 5737).
OUTSIDE = "192.0.2.1"
CONNECT = "import socket, sys; socket.create_connection((sys.argv[1], int(sys.argv[2])), timeout=2)"
ASK = "import sys, dnslib; print(dnslib.DNSRecord.question(sys.argv[2]).send(sys.argv[1], timeout=10).hex())"
LOOPBACK_IN_PROC = socket.inet_aton(LOOPBACK)[::-1].hex().upper()
REFUSED = "lab.cloud.proxy refused"


@contextmanager
def fence(layout: Layout) -> Iterator[Path]:
    """A network namespace with a loopback and nothing else; on it, the ports of the lab that an engine needs."""
    pairs = " ".join(f"{port}:{port}" for port in (layout.proxy_port, layout.api_port))
    forward = f"exec {sys.executable} -m lab.cluster.forwarder /proc/{os.getpid()}/ns/net {pairs}"
    with subprocess.Popen(["unshare", "--net", "sh", "-c", f"ip link set lo up && {forward}"], cwd=CHECKOUT) as inside:
        wait_until(lambda: namespace.listens(inside.pid, layout.proxy_port), "the fence is there", timeout=60)
        yield Path(f"/proc/{inside.pid}/ns/net")
        inside.terminate()


@pytest.fixture(scope="module")
def links_before(layout: Layout) -> frozenset[str]:
    return snapshot.take().links


@pytest.fixture(scope="module")
def lab(layout: Layout, links_before: frozenset[str]) -> Iterator[Layout]:
    """A lab on which an engine behind the fence has made the whole stack."""
    bring_up(layout)
    workspace = lab_workspace(layout, install_pulumi())
    workspace.prepare()
    with fence(layout) as inside:
        up = workspace.command("up", ["--yes", "--skip-preview", "--non-interactive"])
        done = subprocess.run(
            ["nsenter", f"--net={inside}", "--", *up],
            cwd=CHECKOUT, env=workspace.environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
    assert done.returncode == 0, done.stdout[-5000:]
    yield layout
    bring_down(layout)


@pytest.fixture(scope="module")
def pod(lab: Layout) -> Path:
    """The /proc folder of a process in a pod, of those that stay."""
    everyone = (Path(f"/proc/{pid}") for group in cgroups.existing(lab.name) for pid in cgroups.members(group))
    return next(process for process in everyone if b"/ko-app/activator" in read(process / "cmdline"))


def read(file: Path) -> bytes:
    """Empty if it is gone, as files of processes are at times."""
    with suppress(OSError):
        return file.read_bytes()
    return b""


def on_the_host(pid: int) -> bool:
    """Whether its network is the machine's own."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/ns/net").samefile("/proc/self/ns/net")
    return False


def python_inside(net: Path, code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = ["nsenter", f"--net={net}", "--", sys.executable, "-c", code, *arguments]
    return subprocess.run(command, text=True, capture_output=True)


def machines_addresses() -> list[str]:
    """All of the host's own IPv4 addresses."""
    return re.findall(r"inet ([0-9.]+)", run("ip", "-4", "address", "show"))


def listening(pids: Iterable[int]) -> set[tuple[str, int]]:
    """Address and port of every TCP socket on which one of these processes listens, in its own network namespace."""
    found = set()
    for pid in pids:
        own = sockets(pid)
        for table in ("tcp", "tcp6"):
            for line in read(Path(f"/proc/{pid}/net/{table}")).decode().splitlines()[1:]:
                fields = line.split()
                if fields[3] == namespace.LISTEN and f"socket:[{fields[9]}]" in own:
                    address, port = fields[1].split(":")
                    found.add((address, int(port, 16)))
    return found


def sockets(pid: int) -> set[str]:
    """As the links in /proc/PID/fd name them."""
    found = set()
    with suppress(OSError):
        for file in Path(f"/proc/{pid}/fd").iterdir():
            # One that is closed meanwhile must not hide the others.
            with suppress(OSError):
                found.add(str(file.readlink()))
    return found


def test_an_engine_that_sees_only_the_labs_ports_makes_the_stack_and_asks_for_no_other_host(lab: Layout) -> None:
    with control(lab) as account:
        calls = account.get("/lab/calls").raise_for_status().json()
    log = lab.logs / "supervisor.log"

    assert calls["calls"]
    assert calls["unknown"] == []
    assert REFUSED not in log.read_text()
    with pytest.raises(httpx.ProxyError, match="403"):
        httpx.get("https://example.com", proxy=f"http://{LOOPBACK}:{lab.proxy_port}", trust_env=False)
    assert f"{REFUSED}: HTTP/1.1 403 CONNECT example.com:443" in log.read_text()


def test_the_machine_has_no_new_link_that_could_carry_the_labs_packets(
    lab: Layout, links_before: frozenset[str]
) -> None:
    assert snapshot.take().links == links_before
    inside = json.loads(run("ip", "-n", lab.name, "-details", "-json", "link", "show"))
    assert {link.get("linkinfo", {}).get("info_kind", link["ifname"]) for link in inside} == {"lo", "veth", "bridge"}


def test_the_lab_listens_on_the_loopback_only_and_at_its_own_ports_only(lab: Layout) -> None:
    assert listening(filter(on_the_host, marked(lab))) == {(LOOPBACK_IN_PROC, port) for port in lab.ports}


@pytest.mark.parametrize("where", ["the namespace", "a pod"])
def test_no_address_of_the_machine_or_beyond_is_reached_from_inside(lab: Layout, pod: Path, where: str) -> None:
    net = lab.netns if where == "the namespace" else pod / "ns/net"
    with socket.create_server(("0.0.0.0", 0)) as server:
        port = str(server.getsockname()[1])
        for address in (*machines_addresses(), OUTSIDE):
            assert python_inside(net, CONNECT, address, port).returncode, address
        # The same from outside, else the refusals would prove nothing.
        assert python_inside(Path("/proc/self/ns/net"), CONNECT, LOOPBACK, port).returncode == 0


@pytest.mark.parametrize(
    ("name", "code"),
    [("example.com", RCODE.NXDOMAIN), (f"kubernetes.default.svc.{CLUSTER_DOMAIN}", RCODE.NOERROR)],
)
def test_a_pod_knows_names_of_the_cluster_only(lab: Layout, pod: Path, name: str, code: int) -> None:
    assert re.findall(r"nameserver (\S+)", (pod / "root/etc/resolv.conf").read_text()) == [CONTROL_PLANE]

    said = python_inside(pod / "ns/net", ASK, CONTROL_PLANE, name)

    answer = DNSRecord.parse(bytes.fromhex(said.stdout.strip()))
    assert answer.header.rcode == code
