import json
import stat
from typing import Any

import pytest
import yaml

from lab.cluster.node_configuration import kubelet_flags, write_configuration
from lab.cluster.pki import Authority
from lab.cluster.places import Places
from lab.hands import NodeSpec, Taint

SPEC = NodeSpec(
    "cn-shanghai.10.200.0.7",
    labels={"aliyun.accelerator/nvidia_name": "NVIDIA-A10", "k8s.aliyun.com": "true"},
    taints=[Taint("nvidia.com/gpu", "present", "NoSchedule")],
    gpus=1,
)


@pytest.fixture
def authority(places: Places) -> Authority:
    made = Authority.create("test")
    made.credential.write(places.pki, "ca")
    return made


def written(places: Places, spec: NodeSpec) -> tuple[dict[str, Any], dict[str, Any]]:
    """The kubelet's configuration and the CNI network of a node."""
    node = places.node(int(spec.name.rpartition(".")[2]))
    write_configuration(places, node, spec)
    network = json.loads((node.cni_config / "10-bridge.conflist").read_text())
    return yaml.safe_load((node.config / "kubelet.yaml").read_text()), network


@pytest.mark.usefixtures("authority")
def test_a_nodes_address_subnet_bridge_and_cgroup_follow_from_its_number(places: Places) -> None:
    kubelet, network = written(places, SPEC)
    (bridge,) = network["plugins"]

    assert kubelet["address"] == "10.200.0.7"
    assert kubelet["cgroupRoot"] == f"/{places.layout.name}-7"
    assert kubelet["containerRuntimeEndpoint"] == f"unix://{places.node(7).containerd_socket}"
    assert bridge["bridge"] == "cni7"
    assert bridge["ipam"]["ranges"] == [[{"subnet": "10.244.7.0/24"}]]


@pytest.mark.usefixtures("authority")
def test_a_nodes_taints_and_labels_are_there_from_its_registration_on(places: Places) -> None:
    kubelet, _ = written(places, SPEC)

    assert kubelet["registerWithTaints"] == [{"key": "nvidia.com/gpu", "value": "present", "effect": "NoSchedule"}]
    labels = "--node-labels=aliyun.accelerator/nvidia_name=NVIDIA-A10,k8s.aliyun.com=true"
    assert labels in kubelet_flags(places.node(7), SPEC)


@pytest.mark.usefixtures("authority")
def test_images_stay_and_pods_are_not_evicted_for_the_machines_disk(places: Places) -> None:
    kubelet, _ = written(places, SPEC)

    assert kubelet["imageGCHighThresholdPercent"] == 100
    assert set(kubelet["evictionHard"].values()) == {"0%"}


def test_a_kubelet_is_known_by_its_nodes_name_and_only_its_owner_can_read_the_key(
    places: Places, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, tuple[str, ...]]] = []
    issue = Authority.client

    def record(self: Authority, user: str, groups: tuple[str, ...] = ()) -> Any:
        asked.append((user, tuple(groups)))
        return issue(self, user, groups)

    monkeypatch.setattr(Authority, "client", record)
    written(places, SPEC)
    kubeconfig = places.node(7).config / "kubeconfig"

    assert asked == [("system:node:cn-shanghai.10.200.0.7", ("system:nodes",))]
    assert stat.S_IMODE(kubeconfig.stat().st_mode) == 0o600
