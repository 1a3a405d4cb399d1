import json
import socket
import sys
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from lab.cluster import teardown
from lab.cluster.places import Places
from lab.cluster.processes import Daemons, start_time
from lab.layout import Layout


def fill(*files: Path) -> None:
    for file in files:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()


def test_a_machine_without_a_lab_has_nothing_left_and_nothing_to_remove(layout: Layout) -> None:
    teardown.down(layout)

    assert teardown.leftovers(layout) == []


def test_down_keeps_logs_and_images_only(layout: Layout, places: Places) -> None:
    kept = {layout.logs / "etcd.log", places.images / "pause"}
    fill(
        *kept, layout.cloud / "state.db", places.pki / "ca.key", layout.run / "cloud.sock", places.nodes / "1/kubelet/x"
    )

    teardown.down(layout)

    assert {f for f in layout.var.rglob("*") if f.is_file()} == kept
    assert not layout.run.exists()
    assert teardown.leftovers(layout) == []


def test_stopping_the_cluster_leaves_the_account_and_the_supervisor_alone(layout: Layout, places: Places) -> None:
    others = (layout.cloud / "state.db", layout.run / "cloud.sock", layout.pids / "supervisor")
    fill(*others, places.pki / "ca.key", places.pids / "etcd", places.node_runs / "1/containerd.sock")

    teardown.stop_cluster(layout)

    assert all(file.exists() for file in others)
    assert not any(folder.exists() for folder in (places.cluster, places.pids, places.node_runs))


def test_processes_of_the_lab_end_without_their_pid_files(layout: Layout, daemons: Daemons, places: Places) -> None:
    daemons.start("one", [sys.executable, "-c", "import signal; signal.pause()"], inside=False)
    pid = daemons.pid("one")
    (places.pids / "one").unlink()
    assert any(f"process {pid} " in line for line in teardown.leftovers(layout))

    teardown.stop_cluster(layout)

    assert start_time(pid) == ""


def test_what_is_left_is_listed_thing_by_thing(layout: Layout, places: Places) -> None:
    fill(places.pki / "ca.key", layout.logs / "etcd.log", layout.netns)

    assert teardown.leftovers(layout) == [f"network namespace {layout.netns}", f"file {places.cluster}"]


def test_a_nodes_traces_in_shared_folders_are_removed_and_those_of_others_stay(places: Places, machine: Path) -> None:
    node = places.node(4)
    results = machine / "var/lib/cni/results"
    # The second one without the first: killed while the pod got its network.
    own = (results / f"{node.cni_network}-abc-eth0", results / "cni-loopback-def-lo")
    others = (results / "podman-def-eth0", results / "cni-loopback-abc-lo")
    fill(*own, *others)
    for result in own:
        result.write_text(json.dumps({"result": {"interfaces": [{"sandbox": str(node.run / "netns/cni-1")}]}}))
    logs = machine / "var/log/containers"
    logs.mkdir(parents=True)
    (logs / "own.log").symlink_to(node.pod_logs / "pod/0.log")
    (logs / "other.log").symlink_to("/var/log/pods/pod/0.log")

    teardown.remove_node(places, 4)

    assert not any(file.exists() for file in own)
    assert all(file.exists() for file in others)
    assert [link.name for link in logs.iterdir()] == ["other.log"]
    assert not node.var.exists()
    assert not node.run.exists()


def test_sockets_of_shims_that_were_killed_are_removed_and_those_in_use_stay(
    places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    with TemporaryDirectory() as short, socket.socket(socket.AF_UNIX) as live, socket.socket(socket.AF_UNIX) as dead:
        folder = Path(short) / "s"
        monkeypatch.setattr(teardown, "SHIM_SOCKETS", folder)
        folder.mkdir()
        for name, one in (("live", live), ("dead", dead)):
            one.bind(str(folder / name))
            one.listen()
        dead.close()

        teardown.remove_node(places, 4)

        assert [path.name for path in folder.iterdir()] == ["live"]


def test_a_socket_that_is_about_to_listen_stays(places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    with TemporaryDirectory() as short, socket.socket(socket.AF_UNIX) as starting:
        monkeypatch.setattr(teardown, "SHIM_SOCKETS", short)
        monkeypatch.setattr("time.sleep", lambda _: starting.listen())
        starting.bind(f"{short}/starting")

        teardown.remove_node(places, 4)

        assert Path(f"{short}/starting").exists()


def test_what_another_node_takes_away_meanwhile_is_no_failure(
    places: Places, machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = machine / "gone"
    gone.symlink_to(places.node(4).pod_logs / "pod/0.log")
    real = Path.is_symlink

    def taken_away_then(path: Path) -> bool:
        found = real(path)
        path.unlink(missing_ok=True)
        return found

    monkeypatch.setattr(Path, "is_symlink", taken_away_then)
    monkeypatch.setattr(Path, "is_socket", lambda _: True)
    monkeypatch.setattr(teardown, "_entries", lambda _: [gone, machine / "never/was"])

    teardown.remove_node(places, 4)

    assert not gone.exists()


def test_shared_folders_that_others_use_stay_and_empty_ones_go(layout: Layout, machine: Path) -> None:
    fill(machine / "var/lib/cni/results/podman-def-eth0")
    (machine / "run/containerd/s").mkdir(parents=True)

    teardown.stop_cluster(layout)

    assert (machine / "var/lib/cni/results/podman-def-eth0").exists()
    assert not (machine / "run/containerd").exists()


def test_shared_folders_stay_as_long_as_another_lab_is_there(layout: Layout, machine: Path) -> None:
    (machine / "run/containerd/s").mkdir(parents=True)
    other = replace(Places(layout).kernel_settings, lab="other")
    other.hold()

    teardown.stop_cluster(layout)
    assert (machine / "run/containerd/s").exists()

    other.release()
    teardown.stop_cluster(layout)
    assert not (machine / "run/containerd").exists()


def test_the_name_at_which_all_kubelets_listen_goes_with_the_last_of_them(
    layout: Layout, places: Places, machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with TemporaryDirectory() as short, socket.socket(socket.AF_UNIX) as kubelet:
        monkeypatch.setattr(teardown, "MACHINE", Path(short))
        name = Path(short, teardown.DEVICE_PLUGINS, "kubelet.sock")
        name.parent.mkdir(parents=True)
        kubelet.bind(str(name))
        kubelet.listen()

        teardown.remove_node(places, 4)
        teardown.stop_cluster(layout)
        assert name.exists()

        kubelet.close()
        teardown.stop_cluster(layout)
        assert not name.parent.exists()
