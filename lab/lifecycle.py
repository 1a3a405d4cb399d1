"""The lab as a whole: up, down, and what there is of it."""

import os
import shutil
import ssl
import subprocess
import sys
import time

import httpx

from lab.cluster.commands import PATIENCE
from lab.cluster.teardown import down as cluster_down
from lab.cluster.teardown import leftovers, stop_cluster
from lab.layout import Layout
from lab.ports import LOOPBACK, taken
from lab.tools.install import install_lab
from lab.tools.pulumi import CHECKOUT, FOLDER
from lab.tools.report import say
from lab.tools.requirements import check_machine

START_SECONDS = 120.0
ANSWER_SECONDS = 10.0


class LabError(Exception):
    """The lab is not as it has to be; the message says why and what to do."""


def bring_up(layout: Layout) -> None:
    """Starts the lab; fine if it is up. What a crashed lab has left is removed first."""
    check_machine()
    if is_up(layout):
        say("lab", f"{layout.name} is up already: nothing to do")
        return
    install_lab()
    if leftovers(layout):
        say("lab", f"{layout.name} was left half up: cleaning first")
        bring_down(layout)
    _check_ports(layout)
    _start(layout)
    say("lab", f"{layout.name} is up: account behind 127.0.0.1:{layout.proxy_port}, no cluster yet")


def bring_down(layout: Layout) -> list[str]:
    """Stops everything and removes every trace; what could not be removed (empty as a rule).

    The stack state that belongs to this lab goes too: its account and cluster are gone, and the next refresh
    could only fail.
    """
    check_machine()
    stop_cluster(layout)
    # Before the last of the lab's own files: as long as one is there, a `down` that is killed is done again by `up`.
    shutil.rmtree(FOLDER / "stacks" / layout.name, ignore_errors=True)
    cluster_down(layout)
    left = leftovers(layout)
    say("lab", f"{layout.name} is down: " + ("nothing left" if not left else f"still there: {', '.join(left)}"))
    return left


def is_up(layout: Layout) -> bool:
    """Whether the account answers."""
    try:
        return control(layout).get("/lab/left").is_success
    except httpx.HTTPError:
        return False


def left_in_account(layout: Layout) -> dict[str, list[str]]:
    """Objects that exist in the account and, through it, the cluster: kind to ids."""
    left: dict[str, list[str]] = control(layout).get("/lab/left").raise_for_status().json()
    return left


def control(layout: Layout) -> httpx.Client:
    """A client of the account's own control endpoints, reached as everything else is: through the proxy."""
    return httpx.Client(
        base_url="https://lab.aliyuncs.com",
        proxy=f"http://127.0.0.1:{layout.proxy_port}",
        verify=ssl.create_default_context(cafile=layout.ca_certificate if layout.ca_certificate.exists() else None),
        timeout=ANSWER_SECONDS * PATIENCE,
        trust_env=False,
    )


def describe(layout: Layout) -> list[str]:
    """Lines for `lab status`."""
    if is_up(layout):
        objects = [f"  {kind}: {', '.join(ids)}" for kind, ids in sorted(left_in_account(layout).items())]
        return [f"{layout.name} is up; logs in {layout.logs}; the account holds:", *(objects or ["  nothing"])]
    left = leftovers(layout)
    if left:
        return [
            f"{layout.name} is down, but not clean (`make lab-down` removes it):",
            *(f"  {thing}" for thing in left),
        ]
    return [f"{layout.name} is down"]


def _check_ports(layout: Layout) -> None:
    busy = [f"{port} ({variable})" for port, variable in taken(layout.ports).items()]
    if busy:
        raise LabError(
            f"another program listens on {LOOPBACK} at {', '.join(busy)}. "
            "Mend: stop it, or set the variable to a free port and try again."
        )


def _start(layout: Layout) -> None:
    layout.logs.mkdir(parents=True, exist_ok=True)
    log = layout.logs / "supervisor.log"
    with log.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "lab", "serve"],
            cwd=CHECKOUT,
            env=_supervisor_environment(layout),
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    end = time.monotonic() + START_SECONDS * PATIENCE
    while time.monotonic() < end and process.poll() is None:
        if is_up(layout):
            return
        time.sleep(0.1)
    tail = "\n".join(log.read_text(errors="replace").splitlines()[-15:])
    bring_down(layout)
    raise LabError(f"the lab's account did not start; the end of {log}:\n{tail}")


def _supervisor_environment(layout: Layout) -> dict[str, str]:
    """The caller's without proxies: what the cluster says to itself must not be sent to the account."""
    kept = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    return {
        **kept,
        "ACK_LAB": layout.name,
        "PYTHONPATH": str(CHECKOUT),
        "LAB_NAME": layout.name,
        **{variable: str(port) for port, variable in layout.ports.items()},
    }
