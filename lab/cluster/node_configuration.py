"""The files and flags that a node's kubelet and its network plugin start with."""

import json
from typing import Any

import yaml

from lab.cluster.addresses import CLUSTER_DOMAIN, CONTROL_PLANE, node_address, pod_subnet
from lab.cluster.controlplane import INSIDE
from lab.cluster.kubeconfig import render, write
from lab.cluster.pki import Authority
from lab.cluster.places import NodePlaces, Places
from lab.hands import NodeSpec


def write_configuration(places: Places, node: NodePlaces, spec: NodeSpec) -> None:
    """Write kubeconfig, kubelet.yaml and the CNI network below the node's own configuration folder."""
    node.cni_config.mkdir(parents=True)
    authority = Authority.load(places.pki)
    credential = authority.client(f"system:node:{spec.name}", ["system:nodes"])
    write(node.config / "kubeconfig", render(INSIDE, authority, "kubelet", credential))
    (node.config / "kubelet.yaml").write_text(
        yaml.safe_dump(kubelet_configuration(places, node, spec), sort_keys=False)
    )
    (node.cni_config / "10-bridge.conflist").write_text(json.dumps(cni_configuration(node), indent=2))


def kubelet_flags(node: NodePlaces, spec: NodeSpec) -> list[str]:
    """What the kubelet takes from its command line only."""
    return [
        f"--config={node.config / 'kubelet.yaml'}",
        f"--kubeconfig={node.config / 'kubeconfig'}",
        f"--hostname-override={spec.name}",
        f"--node-ip={node_address(node.number)}",
        f"--root-dir={node.kubelet_root}",
        f"--cert-dir={node.config / 'pki'}",
        f"--node-labels={','.join(f'{key}={value}' for key, value in spec.labels.items())}",
        "--v=1",
    ]


def kubelet_configuration(places: Places, node: NodePlaces, spec: NodeSpec) -> dict[str, Any]:
    return {
        "apiVersion": "kubelet.config.k8s.io/v1beta1",
        "kind": "KubeletConfiguration",
        "address": node_address(node.number),
        "healthzPort": 0,
        "readOnlyPort": 0,
        "authentication": {"anonymous": {"enabled": False}, "x509": {"clientCAFile": str(places.pki / "ca.crt")}},
        "authorization": {"mode": "AlwaysAllow"},
        "clusterDomain": CLUSTER_DOMAIN,
        "clusterDNS": [CONTROL_PLANE],
        # Nothing of the machine's resolver: names outside the cluster lead nowhere.
        "resolvConf": "",
        "containerRuntimeEndpoint": f"unix://{node.containerd_socket}",
        "cgroupDriver": "cgroupfs",
        "cgroupRoot": f"/{node.cgroup}",
        "enforceNodeAllocatable": [],
        "failCgroupV1": False,
        "failSwapOn": False,
        "podLogsDir": str(node.pod_logs),
        "maxPods": 60,
        "registerWithTaints": [{"key": t.key, "value": t.value, "effect": t.effect} for t in spec.taints],
        # Images are imported, not pulled: one that is collected would be gone for good.
        "imageGCHighThresholdPercent": 100,
        "imageGCLowThresholdPercent": 99,
        # All nodes see the same disk; a full one must not evict pods of all of them at once.
        "evictionHard": dict.fromkeys(
            ("memory.available", "nodefs.available", "nodefs.inodesFree", "imagefs.available", "imagefs.inodesFree"),
            "0%",
        ),
        "localStorageCapacityIsolation": False,
        "syncFrequency": "5s",
        "nodeStatusUpdateFrequency": "5s",
        "serializeImagePulls": False,
    }


def cni_configuration(node: NodePlaces) -> dict[str, Any]:
    """A bridge for each node; the namespace routes between them. Nothing leads out, so nothing is masqueraded."""
    ipam = {
        "type": "host-local",
        "ranges": [[{"subnet": pod_subnet(node.number)}]],
        "routes": [{"dst": "0.0.0.0/0"}],
        "dataDir": str(node.var / "cni"),
    }
    bridge = {
        "type": "bridge",
        "bridge": node.bridge,
        "isGateway": True,
        "hairpinMode": True,
        "ipam": ipam,
    }
    return {"cniVersion": "1.0.0", "name": node.cni_network, "plugins": [bridge]}
