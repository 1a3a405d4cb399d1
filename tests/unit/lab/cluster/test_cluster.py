import json
import sys
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from lab.cluster.cluster import Cluster
from lab.cluster.places import Places
from lab.cluster.processes import Daemons
from lab.cluster.tools import Tools
from lab.layout import Layout


@pytest.fixture
def cluster(layout: Layout, tmp_path: Path) -> Cluster:
    return Cluster(layout, Tools(*(tmp_path / tool for tool in ("kube", "knative", "stub", "pause", "envoy"))))


@pytest.fixture
def existing(places: Places) -> str:
    """The id of a cluster that was made, as far as files tell."""
    places.cluster.mkdir(parents=True)
    (places.cluster / "cluster.json").write_text(json.dumps({"id": "c1"}))
    (places.cluster / "account.kubeconfig").write_text("apiVersion: v1\n")
    return "c1"


def test_a_second_cluster_is_refused_while_one_runs(cluster: Cluster, daemons: Daemons) -> None:
    daemons.start("etcd", [sys.executable, "-c", "import signal; signal.pause()"], inside=False)

    with pytest.raises(RuntimeError, match=r"a cluster runs already \(etcd\)"):
        cluster.create_cluster("c2")


def test_nothing_but_logs_stays_of_a_cluster_that_does_not_start(
    cluster: Cluster, layout: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        (layout.var / "cluster" / "pki").mkdir(parents=True)
        layout.logs.mkdir(parents=True)
        raise RuntimeError("no network namespaces here")

    monkeypatch.setattr("lab.cluster.namespace.create", fail)
    monkeypatch.setattr("lab.cluster.cluster.require_free", lambda _: None)

    with pytest.raises(RuntimeError, match="no network namespaces here"):
        cluster.create_cluster("c1")
    assert [folder.name for folder in layout.var.iterdir()] == ["log"]


def test_without_a_cluster_there_are_no_pods_and_nothing_to_remove(cluster: Cluster) -> None:
    assert cluster.pods("c1") == []
    assert cluster.current_kubeconfig() is None
    cluster.remove_node("c1", "n.1")


def test_what_needs_the_cluster_says_that_it_is_not_there(cluster: Cluster) -> None:
    with pytest.raises(RuntimeError, match="no cluster c1; its cluster is not there"):
        cluster.kubeconfig("c1")
    with pytest.raises(RuntimeError, match="no cluster c1"):
        cluster.install_addon("c1", "knative", {})


def test_another_clusters_id_is_not_mistaken_for_this_one(cluster: Cluster, existing: str) -> None:
    with pytest.raises(RuntimeError, match=f"the lab's cluster is {existing}, not c2"):
        cluster.delete_cluster("c2")
    with pytest.raises(RuntimeError, match=f"no cluster c2; its cluster is {existing}"):
        cluster.kubeconfig("c2")


def test_the_kubeconfig_is_the_same_at_every_call(cluster: Cluster, existing: str) -> None:
    assert cluster.kubeconfig(existing) == cluster.kubeconfig(existing) == cluster.current_kubeconfig()


def test_an_addon_that_the_lab_has_no_part_for_is_accepted(cluster: Cluster, existing: str) -> None:
    cluster.install_addon(existing, "arms-prometheus", {"prometheusMode": "default"})


def test_the_addon_for_virtual_nodes_brings_what_the_program_touches(
    cluster: Cluster, existing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    applied: list[Mapping[str, Any]] = []
    monkeypatch.setattr(cluster, "_kubernetes", lambda: SimpleNamespace(apply=applied.extend))

    cluster.install_addon(existing, "ack-virtual-node", {})

    assert [(one["kind"], one["metadata"]["name"]) for one in applied] == [
        ("ConfigMap", "eci-profile"),
        ("CustomResourceDefinition", "resourcepolicies.scheduling.alibabacloud.com"),
        ("MutatingAdmissionPolicy", "pods-on-virtual-nodes"),
        ("MutatingAdmissionPolicyBinding", "pods-on-virtual-nodes"),
    ]


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is started again, instead of doing so."""
    started: list[str] = []
    monkeypatch.setattr("lab.cluster.controlplane.start_proxy", lambda *given: started.append(f"proxy of {given[-1]}"))
    monkeypatch.setattr("lab.cluster.gateway.start", lambda *_: started.append("gateway"))
    return started


def api(**answers: Any) -> SimpleNamespace:
    nodes = [{"metadata": {"name": "n.1"}}]
    return SimpleNamespace(**{"ready": lambda: True, "items": lambda _: nodes, **answers})


def test_a_cluster_is_gone_on_with_and_what_can_be_started_again_is(
    cluster: Cluster, existing: str, places: Places, started: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "_kubernetes", api)
    cluster.resume_cluster(existing)
    assert started == ["proxy of n.1"]

    places.gateway.mkdir(parents=True)
    cluster.resume_cluster(existing)
    assert started == ["proxy of n.1", "proxy of n.1", "gateway"]


def test_a_cluster_whose_control_plane_does_not_run_is_not_gone_on_with(
    cluster: Cluster, existing: str, started: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "_kubernetes", lambda: api(ready=lambda: False))

    with pytest.raises(RuntimeError, match="etcd stopped"):
        cluster.resume_cluster(existing)
    with pytest.raises(RuntimeError, match="no cluster c2"):
        cluster.resume_cluster("c2")
    assert started == []


def test_a_cluster_that_answers_goes_on_even_if_its_gateway_does_not_come_back(
    cluster: Cluster, existing: str, started: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: str) -> None:
        raise RuntimeError("too busy")

    monkeypatch.setattr(cluster, "_kubernetes", lambda: api(items=fail))

    cluster.resume_cluster(existing)

    assert started == []


def test_a_node_runs_while_both_of_its_daemons_do(cluster: Cluster, existing: str, daemons: Daemons) -> None:
    seen = [cluster.node_runs(existing, "n.1")]
    for name in ("containerd-1", "kubelet-1"):
        daemons.start(name, [sys.executable, "-c", "import signal; signal.pause()"], inside=False)
        seen.append(cluster.node_runs(existing, "n.1"))

    assert seen == [False, False, True]
    assert not cluster.node_runs("c2", "n.1")


def test_what_an_attempt_at_the_same_cluster_has_left_is_in_nobodys_way(
    cluster: Cluster, existing: str, daemons: Daemons, monkeypatch: pytest.MonkeyPatch
) -> None:
    daemons.start("etcd", [sys.executable, "-c", "import signal; signal.pause()"], inside=False)
    created: list[str] = []
    monkeypatch.setattr(cluster, "_create", created.append)
    monkeypatch.setattr("lab.cluster.cluster.require_free", lambda _: None)

    cluster.create_cluster(existing)

    assert created == [existing]
    assert daemons.running() == []
