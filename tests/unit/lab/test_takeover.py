"""Whether somebody can go on with a lab whose account's process is gone, and what `lab up` makes of it."""

import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from lab import lifecycle, takeover
from lab.cluster.cluster import CONTROL_PLANE
from lab.cluster.places import Places
from lab.cluster.processes import Daemons, start_time
from lab.layout import Layout
from tests.unit.lab.layouts import LayoutInFolder

WAIT = [sys.executable, "-c", "import signal; signal.pause()"]


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    return LayoutInFolder(name=f"test-{tmp_path.name}", folder=tmp_path)


@pytest.fixture
def left(layout: Layout, monkeypatch: pytest.MonkeyPatch) -> Iterator[Daemons]:
    """A lab with a whole control plane, whose account is gone."""
    takeover.leave_note(layout)
    note = json.loads(layout.supervisor.read_text())
    layout.supervisor.write_text(json.dumps({**note, "started": "0"}))
    daemons = Daemons(layout)
    for name in CONTROL_PLANE:
        daemons.start(name, WAIT, inside=False)
    places = Places(layout)
    places.cluster.mkdir(parents=True)
    (places.cluster / "complete").touch()
    yield daemons
    daemons.stop(*daemons.running())


@pytest.fixture
def said(layout: Layout, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What `up` says and does, on a machine that is not touched."""
    said: list[str] = []
    monkeypatch.setattr(lifecycle, "say", lambda _, line: said.append(line))
    for step in ("check_machine", "install_lab"):
        monkeypatch.setattr(lifecycle, step, lambda *_: None)
    monkeypatch.setattr(lifecycle, "is_up", lambda _: False)
    monkeypatch.setattr(lifecycle, "leftovers", lambda _: ["something"])
    monkeypatch.setattr(lifecycle, "taken", lambda _: {})
    monkeypatch.setattr(lifecycle, "left_in_account", lambda _: {"vpc": ["vpc-1"]})
    for step in ("bring_down", "_start"):
        monkeypatch.setattr(lifecycle, step, lambda _, step=step: said.append(step))
    return said


def test_one_can_go_on_while_the_control_plane_runs(left: Daemons, layout: Layout) -> None:
    assert takeover.obstacle(layout) is None


def test_without_a_cluster_there_is_nothing_that_could_have_died(layout: Layout) -> None:
    takeover.leave_note(layout)

    assert takeover.obstacle(layout) is None


def test_nobody_goes_on_with_a_lab_that_was_on_its_way_up_or_down(left: Daemons, layout: Layout) -> None:
    takeover.tear_note(layout)

    assert takeover.obstacle(layout) == "it was not up yet, or on its way down"


def test_a_note_that_makes_no_sense_is_none(layout: Layout) -> None:
    layout.run.mkdir()
    for text in ("", "{", "[]", '{"pid": 1}'):
        layout.supervisor.write_text(text)
        assert takeover.obstacle(layout) is not None


def test_nobody_goes_on_without_a_control_plane(left: Daemons, layout: Layout) -> None:
    left.stop("etcd", "scheduler")

    assert takeover.obstacle(layout) == "of its control plane etcd, scheduler died"


def test_nobody_goes_on_at_other_ports(left: Daemons, layout: Layout) -> None:
    assert takeover.obstacle(replace(layout, api_port=1)) == "it has other ports"


def test_changed_code_goes_on_only_where_that_is_what_is_asked_for(
    left: Daemons, layout: Layout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(takeover, "CHECKOUT", tmp_path / "another")

    assert takeover.obstacle(layout) == "another version of the code has made it"
    assert takeover.obstacle(layout, any_code=True) is None


def test_a_process_that_has_left_its_note_but_does_not_answer_is_ended(layout: Layout) -> None:
    takeover.leave_note(layout)
    daemons = Daemons(layout)
    daemons.start("supervisor", WAIT, inside=False)
    pid = daemons.pid("supervisor")
    note = {**json.loads(layout.supervisor.read_text()), "pid": pid, "started": start_time(pid)}
    layout.supervisor.write_text(json.dumps(note))

    takeover.end_supervisor(layout)

    assert not daemons.alive("supervisor")


def test_up_goes_on_and_cleans_nothing(left: Daemons, layout: Layout, said: list[str]) -> None:
    lifecycle.bring_up(layout)

    assert said == ["_start", f"{layout.name} goes on: its account is back, with 1 objects"]


def test_up_says_why_it_cleans_first(left: Daemons, layout: Layout, said: list[str]) -> None:
    left.stop("apiserver")

    lifecycle.bring_up(layout)

    reason = "of its control plane apiserver died"
    assert said[:3] == [f"{layout.name} was left half up ({reason}): cleaning first", "bring_down", "_start"]


def test_who_wants_to_start_afresh_does(left: Daemons, layout: Layout, said: list[str]) -> None:
    lifecycle.bring_up(layout, afresh=True)

    assert said[1:3] == ["bring_down", "_start"]


def test_a_restart_of_nothing_is_refused_and_removes_nothing(layout: Layout, said: list[str]) -> None:
    with pytest.raises(lifecycle.LabError, match=r"cannot be restarted: it was not up yet.*Mend: `make lab-down`"):
        lifecycle.restart(layout)
    assert said == []


def test_an_account_that_does_not_come_back_costs_nobody_the_lab(
    left: Daemons, layout: Layout, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: Layout) -> None:
        raise lifecycle.LabError("the lab's account did not start")

    monkeypatch.setattr(lifecycle, "_start", fail)

    with pytest.raises(lifecycle.LabError, match=r"did not start\nNothing was removed"):
        lifecycle.bring_up(layout)
    assert said == []


def test_status_says_that_one_can_go_on(left: Daemons, layout: Layout, said: list[str]) -> None:
    assert lifecycle.describe(layout) == [
        f"{layout.name} has lost its account: `make lab-up` goes on with the rest, `make lab-down` removes it"
    ]
