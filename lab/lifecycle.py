"""The lab as a whole: up, down, and what there is of it."""

import os
import shutil
import ssl
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress

import httpx

from lab.cluster.commands import PATIENCE, wait_until
from lab.cluster.teardown import down as cluster_down
from lab.cluster.teardown import leftovers, stop_cluster
from lab.layout import Layout
from lab.ports import LOOPBACK, taken
from lab.takeover import end_supervisor, obstacle, tear_note
from lab.tools.install import install_lab
from lab.tools.pulumi import CHECKOUT, FOLDER
from lab.tools.report import say
from lab.tools.requirements import check_machine

START_SECONDS = 120.0
ANSWER_SECONDS = 10.0
PORT_SECONDS = 20.0


class LabError(Exception):
    """The lab is not as it has to be; the message says why and what to do."""


def bring_up(layout: Layout, afresh: bool = False) -> None:
    """Starts the lab; fine if it is up. Where only the account's process is gone, another one goes on with the rest.

    What a crashed lab has left is removed first if nobody can go on with it, or with afresh.
    """
    check_machine()
    if is_up(layout):
        say("lab", f"{layout.name} is up already: nothing to do")
        return
    install_lab()
    if leftovers(layout):
        reason = "to start afresh" if afresh else obstacle(layout)
        if reason is None:
            _go_on(layout)
            return
        say("lab", f"{layout.name} was left half up ({reason}): cleaning first")
        bring_down(layout)
    _check_ports(layout.ports)
    try:
        _start(layout)
    except LabError:
        bring_down(layout)
        raise
    say("lab", f"{layout.name} is up: account behind 127.0.0.1:{layout.proxy_port}, no cluster yet")


def restart(layout: Layout) -> None:
    """Replaces the account's process, which takes up changed code; cluster, nodes and stack stay.

    Raises LabError where there is nothing to go on with.
    """
    check_machine()
    install_lab()
    if reason := obstacle(layout, any_code=True):
        raise LabError(f"{layout.name} cannot be restarted: {reason}. Mend: `make lab-down`, then `make lab-up`.")
    _go_on(layout)


def bring_down(layout: Layout) -> list[str]:
    """Stops everything and removes every trace; what could not be removed (empty as a rule).

    The stack state that belongs to this lab goes too: its account and cluster are gone, and the next refresh
    could only fail.
    """
    check_machine()
    tear_note(layout)
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
    if left and obstacle(layout) is None:
        return [f"{layout.name} has lost its account: `make lab-up` goes on with the rest, `make lab-down` removes it"]
    if left:
        return [
            f"{layout.name} is down, but not clean (`make lab-down` removes it):",
            *(f"  {thing}" for thing in left),
        ]
    return [f"{layout.name} is down"]


def _go_on(layout: Layout) -> None:
    """Raises LabError if the new process does not answer; nothing is removed then."""
    end_supervisor(layout)
    port = {layout.proxy_port: layout.ports[layout.proxy_port]}
    # A killed process lets go of its sockets with the last of its threads, a moment after it counts as dead.
    with suppress(RuntimeError):
        wait_until(lambda: not taken(port), "the port is free", timeout=PORT_SECONDS)
    _check_ports(port)
    try:
        _start(layout)
    except LabError as error:
        raise LabError(f"{error}\nNothing was removed: `make lab-down` does that.") from error
    held = sum(map(len, left_in_account(layout).values()))
    say("lab", f"{layout.name} goes on: its account is back, with {held} objects")


def _check_ports(ports: Mapping[int, str]) -> None:
    busy = [f"{port} ({variable})" for port, variable in taken(ports).items()]
    if busy:
        raise LabError(
            f"another program listens on {LOOPBACK} at {', '.join(busy)}. "
            "Mend: stop it, or set the variable to a free port and try again."
        )


def _start(layout: Layout) -> None:
    layout.logs.mkdir(parents=True, exist_ok=True)
    log = layout.logs / "supervisor.log"
    with log.open("ab" if layout.supervisor.exists() else "wb") as file:
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
