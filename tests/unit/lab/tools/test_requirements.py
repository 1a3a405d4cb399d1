"""What a machine lacks is said before anything is built, with what to do."""

import os
import shutil
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from lab.cluster import cgroups
from lab.tools import debian, gobuild, requirements
from lab.tools.report import ToolError
from lab.tools.versions import ALICLOUD_PLUGIN, KUBE

MEMINFO = "MemTotal: 16000000 kB\nMemAvailable: {available} kB\nSwapFree: {swap} kB\n"


def test_the_lab_without_root_is_refused_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)

    with pytest.raises(ToolError, match=r"needs root.*Mend: .*sudo"):
        requirements.check_machine()


def test_the_lab_on_another_system_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")

    with pytest.raises(ToolError, match=r"Linux x86-64, this is darwin.*make preview"):
        requirements.check_machine()


@pytest.fixture
def kernel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine that has all that the lab needs of a kernel: the cgroups of it."""
    monkeypatch.setattr(shutil, "which", lambda *_, **__: None)
    monkeypatch.setattr(requirements, "MODULES", {"overlay": (lambda: True, "file systems")})
    monkeypatch.setattr(cgroups, "ROOT", tmp_path)
    for controller in ("cpu,cpuacct", "cpuset", "memory", "pids"):
        (tmp_path / controller).mkdir()
        (tmp_path / controller / "cgroup.procs").touch()
    return tmp_path


def test_a_kernel_with_all_that_nodes_need_is_accepted(kernel: Path) -> None:
    requirements.check_kernel()


def test_a_kernel_without_a_module_is_refused_with_what_to_do(kernel: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(requirements, "MODULES", {"overlay": (lambda: False, "file systems")})

    with pytest.raises(ToolError, match=r"no overlay, .* for file systems\. Mend: `modprobe overlay`"):
        requirements.check_kernel()


def test_a_module_that_is_not_loaded_yet_is_loaded(kernel: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded: list[str] = []
    monkeypatch.setattr(requirements, "MODULES", {"overlay": (lambda: "overlay" in loaded, "file systems")})
    monkeypatch.setattr(shutil, "which", lambda *_, **__: "/sbin/modprobe")
    monkeypatch.setattr(subprocess, "run", lambda command, **_: loaded.append(command[1]))

    requirements.check_kernel()

    assert loaded == ["overlay"]


def test_a_machine_that_cannot_limit_memory_is_refused(kernel: Path) -> None:
    (kernel / "memory/cgroup.procs").unlink()

    with pytest.raises(ToolError, match=r"no cgroup controllers memory below .* Mend: .*cgroup_enable=memory"):
        requirements.check_kernel()


def test_a_missing_go_is_named_with_the_version_that_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda *_, **__: None)

    with pytest.raises(ToolError, match=r"`go` is not on PATH.*Mend: install Go 1\.25 or newer"):
        gobuild.check_go()


@pytest.mark.parametrize(("said", "accepted"), [("go1.24.9", False), ("go1.25.0", True), ("go2.0", True), ("?", False)])
def test_the_version_of_go_is_checked(monkeypatch: pytest.MonkeyPatch, said: str, accepted: bool) -> None:
    monkeypatch.setattr(shutil, "which", lambda *_, **__: "/usr/bin/go")
    answer = subprocess.CompletedProcess(["go"], 0, f"go version {said} linux/amd64\n")
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: answer)

    if accepted:
        gobuild.check_go()
    else:
        with pytest.raises(ToolError, match="too old"):
            gobuild.check_go()


@pytest.mark.parametrize(("available", "swap", "enough"), [(9, 0, True), (5, 4, True), (5, 0, False)])
def test_the_plugin_is_not_built_where_the_compiler_would_be_killed(
    tmp_path: Path, available: int, swap: int, enough: bool
) -> None:
    meminfo = tmp_path / "meminfo"
    meminfo.write_text(MEMINFO.format(available=available << 20, swap=swap << 20))

    if enough:
        gobuild.check_memory(ALICLOUD_PLUGIN, meminfo)
    else:
        with pytest.raises(ToolError, match=r"needs 8 GiB of memory, 5\.0 GiB are available.*Mend"):
            gobuild.check_memory(ALICLOUD_PLUGIN, meminfo)


def test_small_programs_are_built_on_any_machine(tmp_path: Path) -> None:
    meminfo = tmp_path / "meminfo"
    meminfo.write_text(MEMINFO.format(available=1 << 20, swap=0))

    gobuild.check_memory(KUBE, meminfo)


def test_of_two_that_miss_packages_one_installs_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    there = threading.Event()
    both = threading.Barrier(2, timeout=60)
    seen = threading.local()
    asked: list[str] = []

    def missing() -> list[str]:
        if not hasattr(seen, "first"):
            seen.first = True
            both.wait()
            return ["hey"]
        return [] if there.is_set() else ["hey"]

    def run(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        asked.append(command[-1])
        if "install" in command:
            there.set()
        return subprocess.CompletedProcess(command, 0, "")

    monkeypatch.setattr(debian, "missing", missing)
    monkeypatch.setattr(shutil, "which", lambda *_, **__: "/usr/bin/apt-get")
    monkeypatch.setattr(subprocess, "run", run)
    with ThreadPoolExecutor(2) as labs:
        list(labs.map(lambda _: debian.install(), range(2)))

    assert asked == ["update", "hey"]


def test_missing_packages_without_apt_are_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(debian, "missing", lambda: ["etcd-server", "hey"])
    monkeypatch.setattr(shutil, "which", lambda *_, **__: None)

    with pytest.raises(ToolError, match=r"needs etcd-server, hey.*Mend: install them"):
        debian.install()
