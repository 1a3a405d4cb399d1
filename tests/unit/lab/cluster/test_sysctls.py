from pathlib import Path

import pytest

from lab.cluster import sysctls


@pytest.fixture
def setting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only kernel setting there is."""
    file = tmp_path / "kernel" / "panic"
    file.parent.mkdir()
    file.write_text("0\n")
    monkeypatch.setattr(sysctls, "ROOT", tmp_path)
    return file


def test_settings_are_put_back_and_the_record_is_forgotten(setting: Path, tmp_path: Path) -> None:
    record = tmp_path / "run" / "sysctls.json"
    sysctls.record(record)
    setting.write_text("10\n")

    assert sysctls.changed(record) == {"kernel.panic": "0"}
    sysctls.restore(record)

    assert setting.read_text() == "0"
    assert not record.exists()


def test_a_second_record_does_not_take_a_kubelets_value_for_the_machines(setting: Path, tmp_path: Path) -> None:
    record = tmp_path / "sysctls.json"
    sysctls.record(record)
    setting.write_text("10\n")
    sysctls.record(record)
    sysctls.restore(record)

    assert setting.read_text() == "0"


def test_without_a_record_nothing_is_touched(setting: Path, tmp_path: Path) -> None:
    sysctls.restore(tmp_path / "sysctls.json")

    assert setting.read_text() == "0\n"
