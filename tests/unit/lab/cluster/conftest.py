"""Fixtures of the cluster's tests: none of them needs root, a network namespace or a cluster."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from lab.cluster import api, cgroups, sysctls, teardown
from lab.cluster.places import Places
from lab.cluster.processes import Daemons, kill, marked
from lab.layout import Layout
from tests.unit.lab.layouts import LayoutInFolder

# The lab itself runs on Linux only; what needs /proc cannot be tried elsewhere.
collect_ignore = [] if sys.platform == "linux" else ["test_cluster.py", "test_processes.py", "test_teardown.py"]


@pytest.fixture(autouse=True)
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in the place of those that all kubelets of a machine share; no test touches the real ones."""
    folder = tmp_path / "machine"
    folder.mkdir()
    monkeypatch.setattr(teardown, "MACHINE", folder)
    monkeypatch.setattr(cgroups, "ROOT", tmp_path / "no-cgroups")
    monkeypatch.setattr(sysctls, "ROOT", tmp_path / "no-settings")
    monkeypatch.setattr(api, "PAUSES_SECONDS", (0,) * 3)
    return folder


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    # The name is the marker by which processes are found and killed: no two runs of the tests may share one.
    return LayoutInFolder(name="-".join(("test", *tmp_path.parts[-3:])), folder=tmp_path)


@pytest.fixture
def places(layout: Layout) -> Places:
    return Places(layout)


@pytest.fixture
def daemons(layout: Layout) -> Iterator[Daemons]:
    """Whatever was started is gone after the test, also what has lost its pid file."""
    yield Daemons(layout)
    kill(lambda: marked(layout), "the test's daemons end")
