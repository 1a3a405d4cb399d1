"""Labs that come and go at once, their nodes too, on a machine that is busy: none may fail, nothing may stay.

`python -m tests.lab.side_by_side ROUNDS [LABS [BUSY]]`: so many labs beside each other, and so many loops that do
nothing but keep the processor busy. Each lab is brought up, gets a cluster and nodes in two pools, loses several nodes
at once, gets them again, loses its cluster (in every other round while nodes are still booting), and is brought down.
"""

import random
import subprocess
import sys
import time
import traceback
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from lab.layout import Layout
from lab.lifecycle import bring_down, bring_up
from tests.lab import snapshot
from tests.lab.beside import beside
from tests.lab.by_hand import Hand

SEED = 9
NODES = 3
HEAD_START_SECONDS = 4.0


def life(layout: Layout, late: float, hasty: bool) -> float:
    """How long it took. late: seconds after the others. hasty: the cluster goes while nodes boot."""
    time.sleep(late)
    begin = time.monotonic()
    bring_up(layout)
    try:
        hand = Hand(layout)
        hand.make_a_cluster(NODES)
        for nodes in (0, NODES):
            hand.resize_the_pools(nodes)
        hand.delete_the_cluster(with_nodes_booting=NODES if hasty else 0)
    finally:
        left = bring_down(layout)
    if left:
        raise RuntimeError(f"left: {'; '.join(left)}")
    return time.monotonic() - begin


def one_round(labs: Sequence[Layout], number: int) -> int:
    """How many of its labs failed, or one if only the machine is not as it was."""
    draw = random.Random(SEED + number)
    before = snapshot.take()
    with ThreadPoolExecutor(len(labs)) as workers:
        lives = [workers.submit(life, lab, draw.uniform(0, HEAD_START_SECONDS), number % 2 == 1) for lab in labs]
    failures = [error for one in lives if (error := one.exception())]
    for error in failures:
        print("".join(traceback.format_exception(error)))
    left = {} if failures else snapshot.left_behind(before, snapshot.take())
    took = ", ".join("failed" if one.exception() else f"{one.result():.0f} s" for one in lives)
    print(f"round {number}: {took}; {f'left behind: {left}' if left else 'nothing left'}")
    return len(failures) or bool(left)


@contextmanager
def busy(loops: int) -> Iterator[None]:
    """Processes that would take a whole processor each."""
    running = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(loops)]
    try:
        yield
    finally:
        for one in running:
            one.kill()
            one.wait()


def main(rounds: int, labs: int = 3, loops: int = 0) -> int:
    """Exit status."""
    own = Layout.from_env()
    layouts = [own, *(beside(own, str(number)) for number in range(1, labs))]
    with busy(loops):
        failed = sum(one_round(layouts, number) for number in range(1, rounds + 1))
    print(f"{rounds} rounds of {labs} labs, {failed} failures")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
