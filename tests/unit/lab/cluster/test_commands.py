import pytest

from lab.cluster import commands


@pytest.mark.parametrize(("patience", "waited"), [(0.0, "0 s"), (1.0, "0 s"), (100.0, "1 s")])
def test_a_slow_machine_is_waited_for_as_many_times_as_long(
    monkeypatch: pytest.MonkeyPatch, patience: float, waited: str
) -> None:
    monkeypatch.setattr(commands, "PATIENCE", patience)

    with pytest.raises(RuntimeError, match=f"it is up: not so after {waited}"):
        commands.wait_until(lambda: False, "it is up", timeout=0.01, pause=0.001)
