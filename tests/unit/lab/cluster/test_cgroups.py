from pathlib import Path

import pytest

from lab.cluster import cgroups


@pytest.fixture
def version_1(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Controllers mounted one by one, and a folder that is none."""
    for controller in ("cpuset", "memory"):
        (tmp_path / controller).mkdir()
        (tmp_path / controller / "cgroup.procs").write_text("1\n")
    (tmp_path / "cpuset" / "cpuset.cpus").write_text("0-1")
    (tmp_path / "cpuset" / "cpuset.mems").write_text("0")
    (tmp_path / "other").mkdir()
    monkeypatch.setattr(cgroups, "ROOT", tmp_path)
    return tmp_path


@pytest.fixture
def version_2(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for file in ("cgroup.procs", "cgroup.subtree_control"):
        (tmp_path / file).write_text("")
    (tmp_path / "cgroup.controllers").write_text("cpuset cpu io memory hugetlb pids rdma misc\n")
    monkeypatch.setattr(cgroups, "ROOT", tmp_path)
    return tmp_path


def test_version_1_gets_a_cgroup_for_each_controller(version_1: Path) -> None:
    cgroups.create("lab-1")

    assert cgroups.existing("lab") == [version_1 / "cpuset/lab-1", version_1 / "memory/lab-1"]


def test_a_new_cpuset_takes_processes(version_1: Path) -> None:
    cgroups.create("lab-1")

    assert (version_1 / "cpuset/lab-1/cpuset.cpus").read_text() == "0-1"
    assert (version_1 / "cpuset/lab-1/cpuset.mems").read_text() == "0"


@pytest.mark.parametrize(
    ("there", "handed_down"),
    [
        ("cpuset cpu io memory hugetlb pids rdma misc", "+cpu +cpuset +hugetlb +memory +pids"),
        ("cpu io memory pids", "+cpu +memory +pids"),
    ],
)
def test_version_2_gets_one_cgroup_with_those_controllers_of_the_machine_that_a_kubelet_needs(
    version_2: Path, there: str, handed_down: str
) -> None:
    (version_2 / "cgroup.controllers").write_text(there)

    cgroups.create("lab-1")

    assert cgroups.existing("lab") == [version_2 / "lab-1"]
    assert (version_2 / "cgroup.subtree_control").read_text() == handed_down


def test_controllers_of_version_1_are_the_mounted_ones(version_1: Path) -> None:
    (version_1 / "cpu,cpuacct").mkdir()
    (version_1 / "cpu,cpuacct" / "cgroup.procs").touch()

    assert cgroups.controllers() == {"cpu", "cpuacct", "cpuset", "memory"}


def test_only_the_nodes_of_this_lab_are_found(version_2: Path) -> None:
    for name in ("lab-1", "lab-12", "lab-two-1", "lab", "other-1"):
        (version_2 / name).mkdir()

    assert [c.name for c in cgroups.existing("lab")] == ["lab-1", "lab-12"]
    assert [c.name for c in cgroups.existing("lab", 1)] == ["lab-1"]


def test_processes_are_found_below_a_cgroup_too(version_2: Path) -> None:
    for folder, pids in (("lab-1", ""), ("lab-1/pod", "12\n13\n"), ("lab-1/pod/container", "14\n")):
        (version_2 / folder).mkdir()
        (version_2 / folder / "cgroup.procs").write_text(pids)

    assert sorted(cgroups.members(version_2 / "lab-1")) == [12, 13, 14]


def test_a_cgroup_is_removed_with_all_below_it(version_2: Path) -> None:
    (version_2 / "lab-1/pod/container").mkdir(parents=True)

    assert cgroups.removed(version_2 / "lab-1")
    assert cgroups.existing("lab") == []
    assert cgroups.removed(version_2 / "lab-1"), "gone already is fine too"


def test_a_cgroup_with_a_process_stays(version_2: Path) -> None:
    # A file stands for what makes the kernel refuse.
    (version_2 / "lab-1").mkdir()
    (version_2 / "lab-1" / "process").touch()

    assert not cgroups.removed(version_2 / "lab-1")
