import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from lab.cluster import machine
from lab.cluster.machine import alone
from lab.tools.pulumi import CHECKOUT

HOLD = """
import sys
from pathlib import Path
from lab.cluster.machine import alone

with alone(Path(sys.argv[1])):
    print("inside", flush=True)
    sys.stdin.read()
"""


def test_threads_go_one_after_the_other(tmp_path: Path) -> None:
    folder = tmp_path / "shared"
    folder.mkdir()
    inside: list[int] = []
    together: list[int] = []

    def work(number: int) -> None:
        with alone(folder):
            inside.append(number)
            together.append(len(inside))
            inside.remove(number)

    with ThreadPoolExecutor(8) as workers:
        list(workers.map(work, range(40)))

    assert together == [1] * 40
    assert list(folder.iterdir()) == []


def test_a_process_keeps_others_out_until_it_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    command = [sys.executable, "-c", HOLD, str(tmp_path)]
    with subprocess.Popen(command, cwd=CHECKOUT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"inside\n"
        with monkeypatch.context() as impatient:
            impatient.setattr(machine, "LONGEST_SECONDS", 0)
            with pytest.raises(RuntimeError, match=f"no other lab is at work in {tmp_path}"), alone(tmp_path):
                pass
        other.kill()

        with alone(tmp_path):
            pass


def test_what_is_started_inside_does_not_keep_others_out(tmp_path: Path) -> None:
    with alone(tmp_path):
        daemon = subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
    with daemon, alone(tmp_path):
        assert daemon.poll() is None


def test_what_goes_wrong_inside_lets_the_next_one_in(tmp_path: Path) -> None:
    with pytest.raises(KeyError), alone(tmp_path):
        raise KeyError

    with alone(tmp_path):
        pass
