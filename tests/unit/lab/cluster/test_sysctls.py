import shutil
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from lab.cluster import sysctls
from lab.cluster.sysctls import KernelSettings


@pytest.fixture
def panic(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A kernel setting that a kubelet overwrites."""
    monkeypatch.setattr(sysctls, "ROOT", tmp_path / "sys")
    return _setting(tmp_path / "sys/kernel/panic", "0\n")


@pytest.fixture
def inotify(panic: Path) -> Path:
    """A kernel setting that the lab raises."""
    return _setting(panic.parent.parent / "fs/inotify/max_user_instances", "128\n")


def _setting(file: Path, value: str) -> Path:
    file.parent.mkdir(parents=True)
    file.write_text(value)
    return file


@pytest.fixture
def settings(tmp_path: Path) -> KernelSettings:
    return KernelSettings(tmp_path / "record", "lab")


def test_settings_are_put_back_and_the_record_is_forgotten(panic: Path, settings: KernelSettings) -> None:
    settings.hold()
    panic.write_text("10\n")
    assert settings.changed() == {"kernel.panic": "0"}

    settings.release()

    assert panic.read_text() == "0"
    assert not settings.folder.exists()


def test_holding_twice_does_not_take_a_kubelets_value_for_the_machines(panic: Path, settings: KernelSettings) -> None:
    settings.hold()
    panic.write_text("10\n")
    settings.hold()
    settings.release()

    assert panic.read_text() == "0"


def test_what_is_too_low_for_a_dozen_nodes_is_raised_for_as_long_as_the_lab_runs(
    inotify: Path, settings: KernelSettings
) -> None:
    settings.hold()
    assert inotify.read_text() == "8192"

    settings.release()
    assert inotify.read_text() == "128"


def test_what_is_high_enough_stays(inotify: Path, settings: KernelSettings) -> None:
    inotify.write_text("100000\n")
    settings.hold()

    assert inotify.read_text() == "100000\n"


def test_the_last_of_two_labs_puts_back_what_the_first_one_found(panic: Path, settings: KernelSettings) -> None:
    other = KernelSettings(settings.folder, "other")
    settings.hold()
    panic.write_text("10\n")
    other.hold()

    settings.release()
    assert panic.read_text() == "10\n", "the other lab still runs"
    assert settings.changed() == {}
    other.release()
    assert panic.read_text() == "0"


def test_a_lab_that_comes_while_the_last_one_goes_is_not_forgotten(
    panic: Path, settings: KernelSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = KernelSettings(settings.folder, "other")
    coming = Thread(target=other.hold)
    real = shutil.rmtree

    def another_comes(*arguments: Any, **keywords: Any) -> None:
        coming.start()
        # All the time it needs, if nothing holds it up.
        coming.join(0.3)
        real(*arguments, **keywords)

    settings.hold()
    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(shutil, "rmtree", another_comes)
        settings.release()
    coming.join()
    panic.write_text("10\n")

    assert other.changed() == {"kernel.panic": "0"}


def test_only_the_last_lab_clears_what_all_share(panic: Path, settings: KernelSettings) -> None:
    other = KernelSettings(settings.folder, "other")
    cleared: list[str] = []
    for each in (settings, other):
        each.hold()

    settings.release(lambda: cleared.append("by the first"))
    other.release(lambda: cleared.append("by the last"))

    assert cleared == ["by the last"]


def test_a_record_that_goes_while_one_looks_has_no_changes(panic: Path, settings: KernelSettings) -> None:
    settings.hold()
    (settings.folder / "before.json").unlink()

    assert settings.changed() == {}


def test_a_lab_that_holds_nothing_touches_nothing(panic: Path, settings: KernelSettings) -> None:
    settings.release()

    assert panic.read_text() == "0\n"
    assert settings.changed() == {}


def test_a_release_that_is_killed_half_way_can_be_done_again(
    panic: Path, settings: KernelSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.hold()
    panic.write_text("10\n")
    with monkeypatch.context() as killed:
        killed.setattr(Path, "write_text", _die)
        with pytest.raises(KilledError):
            settings.release()

    settings.release()

    assert panic.read_text() == "0"


def test_half_a_record_is_none(panic: Path, settings: KernelSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as killed:
        killed.setattr(Path, "rename", _die)
        with pytest.raises(KilledError):
            settings.hold()

    settings.hold()
    panic.write_text("10\n")
    settings.release()

    assert panic.read_text() == "0"
    assert not settings.folder.exists()


class KilledError(Exception):
    """What stands for a SIGKILL."""


def _die(*_: object, **__: object) -> None:
    raise KilledError
