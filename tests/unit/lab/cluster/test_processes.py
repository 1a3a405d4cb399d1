import os
import re
import signal
import sys
from pathlib import Path
from threading import Timer

import pytest

from lab.cluster import processes, teardown
from lab.cluster.commands import wait_until
from lab.cluster.processes import Daemons, ancestry, clean_environment, kill, marked, start_time
from lab.layout import Layout

# Says that it is ready, then waits for a signal.
WAIT = [sys.executable, "-c", "import signal; print('ready', flush=True); signal.pause()"]


def start(daemons: Daemons, name: str, node: int | None = None) -> int:
    daemons.start(name, WAIT, inside=False, node=node)
    wait_until(lambda: "ready" in daemons.log(name).read_text(), "daemon is ready", timeout=60, pause=0.01)
    return daemons.pid(name)


def test_a_daemon_is_known_to_whoever_comes_later(daemons: Daemons, layout: Layout) -> None:
    pid = start(daemons, "one")

    later = Daemons(layout)
    assert later.running() == ["one"]
    assert later.pid("one") == pid


def test_a_stopped_daemon_is_gone(daemons: Daemons) -> None:
    pid = start(daemons, "one")
    daemons.stop("one", "never-started")

    assert start_time(pid) == ""
    assert daemons.running() == []


def test_a_daemon_that_does_not_listen_to_reason_is_killed(daemons: Daemons) -> None:
    stubborn = "import signal; signal.signal(15, signal.SIG_IGN); print('ready', flush=True); signal.pause()"
    daemons.start("one", [sys.executable, "-c", stubborn], inside=False)
    wait_until(lambda: "ready" in daemons.log("one").read_text(), "daemon is ready", timeout=60, pause=0.01)
    pid = daemons.pid("one")

    daemons.stop("one", grace=0)

    assert start_time(pid) == ""


def test_whoever_has_a_daemon_killed_may_remove_its_files_afterwards(
    daemons: Daemons, monkeypatch: pytest.MonkeyPatch
) -> None:
    pid = start(daemons, "one")

    def send_slowly(pid: int, what: signal.Signals) -> None:
        if what == signal.SIGKILL:
            Timer(0.2, os.kill, [pid, what]).start()

    monkeypatch.setattr(processes, "send", send_slowly)
    daemons.stop("one", grace=0)

    assert start_time(pid) == ""


def test_nothing_runs_once_the_pid_files_are_gone(daemons: Daemons, monkeypatch: pytest.MonkeyPatch) -> None:
    # As seen by somebody who looks while another one removes them.
    monkeypatch.setattr(Path, "is_dir", lambda _: True)

    assert daemons.running() == []


def test_a_daemon_that_died_is_reported_with_the_end_of_its_log(daemons: Daemons) -> None:
    daemons.start("one", [sys.executable, "-c", "raise SystemExit('no such flag: --nonsense')"], inside=False)
    wait_until(lambda: not daemons.alive("one"), "it dies", timeout=60, pause=0.01)

    with pytest.raises(RuntimeError, match=re.compile("one stopped.*no such flag: --nonsense", re.DOTALL)):
        daemons.check("one")


def test_a_pid_that_belongs_to_someone_else_by_now_is_not_taken_for_the_daemon(
    daemons: Daemons, layout: Layout
) -> None:
    file = layout.pids / "cluster" / "one"
    file.parent.mkdir(parents=True)
    file.write_text(f"{os.getpid()} 1\n")

    assert not daemons.alive("one")
    daemons.stop("one")
    assert not file.exists()


def test_a_daemon_inherits_no_proxy(daemons: Daemons, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:18118")
    pid = start(daemons, "one")

    environment = Path(f"/proc/{pid}/environ").read_text()
    assert "HTTPS_PROXY" not in environment


def test_what_a_killed_daemon_leaves_in_its_temporary_folder_goes_with_the_cluster(
    daemons: Daemons, layout: Layout
) -> None:
    leave = "import signal, tempfile; print(tempfile.mkstemp()[1], 'ready', flush=True); signal.pause()"
    daemons.start("one", [sys.executable, "-c", leave], inside=False)
    wait_until(lambda: "ready" in daemons.log("one").read_text(), "daemon is ready", timeout=60, pause=0.01)
    file = Path(daemons.log("one").read_text().split()[0])
    assert file.is_relative_to(layout.run)

    teardown.stop_cluster(layout)

    assert not file.exists()


def test_the_lab_can_be_imported_from_a_daemon(layout: Layout) -> None:
    assert (Path(clean_environment(layout)["PYTHONPATH"]) / "lab" / "layout.py").is_file()


def test_processes_are_found_by_lab_and_by_node_without_any_file(daemons: Daemons, layout: Layout) -> None:
    one, two = start(daemons, "one", node=1), start(daemons, "two", node=2)

    assert set(marked(layout)) == {one, two}
    assert set(marked(layout, 2)) == {two}
    assert set(marked(Layout(name="another"))) == set()


def test_killing_goes_on_until_nobody_is_left_and_spares_the_caller(daemons: Daemons, layout: Layout) -> None:
    pids = {start(daemons, "one"), start(daemons, "two")}

    kill(lambda: [*marked(layout), os.getpid(), os.getppid()], "they end")

    assert {start_time(pid) for pid in pids} == {""}
    assert start_time(os.getpid())


def test_a_process_is_not_gone_before_its_last_thread(daemons: Daemons) -> None:
    # On x86-64, call 60 ends the thread that makes it, and no other.
    headless = "import ctypes, signal, threading; threading.Thread(target=signal.pause).start(); "
    daemons.start("one", [sys.executable, "-c", f"{headless} ctypes.CDLL(None).syscall(60, 0)"], inside=False)
    pid = daemons.pid("one")
    wait_until(lambda: _state(pid) == "Z", "its first thread has ended", timeout=60, pause=0.01)

    assert daemons.pid("one") == pid
    daemons.stop("one", grace=0)
    assert start_time(pid) == ""


def _state(pid: int) -> str:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


def test_the_ancestry_begins_with_this_process() -> None:
    pids = list(ancestry())

    assert pids[:2] == [os.getpid(), os.getppid()]
