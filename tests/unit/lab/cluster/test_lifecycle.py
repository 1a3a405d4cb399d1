from pathlib import Path

import pytest

from lab import lifecycle
from lab.cluster.teardown import leftovers
from lab.layout import Layout


def _killed(_: Layout) -> None:
    raise KeyboardInterrupt


def test_a_down_that_ends_half_way_is_taken_up_again_and_no_stack_outlives_its_account(
    layout: Layout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lifecycle, "check_machine", lambda: None)
    monkeypatch.setattr(lifecycle, "FOLDER", tmp_path)
    stack = tmp_path / "stacks" / layout.name
    for folder in (stack, layout.cloud):
        folder.mkdir(parents=True)
    with monkeypatch.context() as killed:
        killed.setattr(lifecycle, "cluster_down", _killed)
        with pytest.raises(KeyboardInterrupt):
            lifecycle.bring_down(layout)

    assert leftovers(layout)
    assert not stack.exists()
    assert lifecycle.bring_down(layout) == []
