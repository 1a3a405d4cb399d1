"""A lab that is killed at a random moment, and what `lab down` then leaves on the machine.

`python -m tests.lab.kills 24` makes so many trials, prints a line for each, and ends with status 1 if anything stayed.
"""

import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from lab.cluster import cgroups, namespace
from lab.cluster.processes import marked, send
from lab.cluster.teardown import leftovers
from lab.layout import Layout
from lab.lifecycle import bring_down, bring_up
from lab.tools.pulumi import CHECKOUT
from tests.lab import snapshot
from tests.lab.by_hand import Hand

SEED = 8
# A little less than `live` takes, for a lab at rest is the easiest to clean.
LIFE_SECONDS = 15.0
# A daemon that is to be killed may not be there yet.
PATIENCE_SECONDS = 60.0
DOWN_SECONDS = 300.0
DOWN, UP, ALL = "lab down", "lab up", "everything"
DAEMONS = (
    "lab serve",
    "etcd",
    "kube-apiserver",
    "kube-controller-manager",
    "containerd --config",
    "kubelet",
    "kube-proxy",
    "lab.cluster.forwarder",
    "lab.gateway",
    "envoy",
)
# The first four are the short version.
SHIM = "containerd-shim"
VICTIMS = (ALL, DOWN, SHIM, UP, *DAEMONS)


@dataclass(frozen=True)
class Plan:
    """victim: whose processes get SIGKILL, as part of the command line.

    moment: seconds from the start of the lab. pause: seconds from the kill to `lab down`, or, where `lab down` is the
    victim, from its start to the kill.
    """

    victim: str
    moment: float
    pause: float


@dataclass(frozen=True)
class Result:
    """killed: processes. status: of `lab down`. left: by the lab's own books, and by a look at the machine."""

    plan: Plan
    killed: int
    status: int
    seconds: float
    left: Sequence[str]

    @property
    def clean(self) -> bool:
        return self.status == 0 and not self.left


def plans(count: int, seed: int = SEED) -> Sequence[Plan]:
    """The same for the same seed; every victim in turn."""
    draw = random.Random(seed)
    return [
        Plan(VICTIMS[number % len(VICTIMS)], draw.uniform(0, LIFE_SECONDS), draw.uniform(0, 2))
        for number in range(count)
    ]


def trials(layout: Layout, planned: Sequence[Plan]) -> Iterator[Result]:
    """Each starts from nothing; the lab must be down."""
    for plan in planned:
        before = snapshot.take()
        killed = _killed(layout, plan)
        start = time.monotonic()
        status = _lab_down().wait(DOWN_SECONDS)
        seconds = time.monotonic() - start
        found = snapshot.left_behind(before, snapshot.take())
        left = [*leftovers(layout), *(f"{kind} {things}" for kind, things in found.items())]
        yield Result(plan, killed, status, seconds, left)


def kill_the_account(layout: Layout) -> None:
    """And nothing else of a lab."""
    for pid in _find(layout, "lab serve"):
        send(pid, signal.SIGKILL)


def live(layout: Layout) -> None:
    """The life of a lab: account, cluster, node, gateway, Knative with its pods."""
    bring_up(layout)
    hand = Hand(layout)
    hand.make_a_cluster()
    for addon in ("alb-ingress-controller", "knative"):
        hand.install(addon)


def _killed(layout: Layout, plan: Plan) -> int:
    """How many processes were killed; whoever makes the lab is among them, for it must not go on beside `lab down`."""
    with _python("-c", "from tests.lab.kills import *; live(Layout.from_env())") as maker:
        maker_ended = _wait(maker, plan.moment)
        if plan.victim == DOWN:
            maker.kill()
            killed = _kill_lab_down(plan.pause)
        else:
            killed = 0 if plan.victim == UP else _kill(layout, plan.victim, maker)
            _wait(maker, plan.pause if killed else 0)
            maker.kill()
        return killed + (not maker_ended)


def _kill(layout: Layout, victim: str, maker: subprocess.Popen[bytes]) -> int:
    """Waits for the victim as long as there is a hope that it comes."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not (found := _find(layout, victim)) and time.monotonic() < end:
        if _wait(maker, 0.1):
            found = _find(layout, victim)
            break
    for pid in found:
        send(pid, signal.SIGKILL)
    return len(found)


def _find(layout: Layout, victim: str) -> set[int]:
    everyone = {*marked(layout), *namespace.members(layout)}
    for cgroup in cgroups.existing(layout.name):
        everyone.update(cgroups.members(cgroup))
    return everyone if victim == ALL else {pid for pid in everyone if victim in _command(pid)}


def _command(pid: int) -> str:
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_text(errors="replace").replace("\0", " ")
    return ""


def _kill_lab_down(after_seconds: float) -> int:
    with _lab_down() as down:
        ended = _wait(down, after_seconds)
        down.kill()
    return int(not ended)


def _lab_down() -> subprocess.Popen[bytes]:
    return _python("-m", "lab", "down")


def _python(*arguments: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, *arguments],
        cwd=CHECKOUT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def _wait(process: subprocess.Popen[bytes], seconds: float) -> bool:
    """Whether it ended in that time."""
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        return False
    return True


def main(count: int, say: Callable[[str], object] = print) -> int:
    """Exit status."""
    layout = Layout.from_env()
    bring_down(layout)
    results = []
    for result in trials(layout, plans(count)):
        results.append(result)
        plan = result.plan
        said = "nothing left" if result.clean else f"status {result.status}, left: {'; '.join(result.left)}"
        say(
            f"{len(results):3} {plan.victim:24} killed at {plan.moment:4.1f} s: {result.killed:2} processes; "
            f"lab down {result.seconds:.1f} s, {said}"
        )
    struck, unclean = sum(result.killed > 0 for result in results), sum(not result.clean for result in results)
    say(f"{len(results)} trials, {struck} with a kill, {unclean} that left something")
    return 1 if unclean else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
