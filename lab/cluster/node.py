"""A node: a containerd and a kubelet of its own, with its own address, bridge, pod subnet and cgroup."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from lab.cluster import cgroups, containerd, namespace, teardown
from lab.cluster.addresses import CLUSTER_DOMAIN, CONTROL_PLANE, node_address, node_number, pod_subnet
from lab.cluster.api import KubernetesApi, has_condition
from lab.cluster.commands import wait_until
from lab.cluster.controlplane import INSIDE
from lab.cluster.kubeconfig import render, write
from lab.cluster.pki import Authority
from lab.cluster.places import NodePlaces, Places
from lab.cluster.processes import Daemons
from lab.cluster.tools import Tools
from lab.hands import NodeSpec

READY_TIMEOUT_SECONDS = 60
GPU = "nvidia.com/gpu"


def start(places: Places, tools: Tools, daemons: Daemons, store: Path, api: KubernetesApi, spec: NodeSpec) -> None:
    """Boot a node; returns once it is Ready and its GPUs are allocatable."""
    number = node_number(spec.name)
    node = places.node(number)
    if node.var.exists():
        raise RuntimeError(
            f"node number {number} is taken; {spec.name} needs another or its predecessor must be removed"
        )
    node.cni_config.mkdir(parents=True)
    namespace.add_address(places.layout, node_address(number))
    cgroups.create(node.cgroup)
    _write_configuration(places, node, spec)
    containerd.start(daemons, node, store)
    daemons.start(daemon(number), [str(tools.kube), "kubelet", *_flags(node, spec)], node=number)
    _wait_ready(daemons, api, spec)


def stop(places: Places, api: KubernetesApi, name: str) -> None:
    """Take a node out of the cluster and remove all of it, as when a machine is released; fine if it is gone."""
    number = node_number(name)
    teardown.kill_node(places.layout, number)
    api.delete(_path(name))
    # Without a kubelet nobody would confirm their end, and the collector of orphaned pods takes a minute.
    for pod in api.items(f"/api/v1/pods?fieldSelector=spec.nodeName={name}"):
        metadata = pod["metadata"]
        api.delete(f"/api/v1/namespaces/{metadata['namespace']}/pods/{metadata['name']}?gracePeriodSeconds=0")
    teardown.remove_node(places, number)


def daemon(number: int) -> str:
    return f"kubelet-{number}"


def _write_configuration(places: Places, node: NodePlaces, spec: NodeSpec) -> None:
    authority = Authority.load(places.pki)
    credential = authority.client(f"system:node:{spec.name}", ["system:nodes"])
    write(node.config / "kubeconfig", render(INSIDE, authority, "kubelet", credential))
    (node.config / "kubelet.yaml").write_text(
        yaml.safe_dump(kubelet_configuration(places, node, spec), sort_keys=False)
    )
    (node.cni_config / "10-bridge.conflist").write_text(json.dumps(cni_configuration(node), indent=2))


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
        "bridge": teardown.bridge(node.number),
        "isGateway": True,
        "hairpinMode": True,
        "ipam": ipam,
    }
    return {"cniVersion": "1.0.0", "name": node.cni_network, "plugins": [bridge]}


def _flags(node: NodePlaces, spec: NodeSpec) -> list[str]:
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


def _wait_ready(daemons: Daemons, api: KubernetesApi, spec: NodeSpec) -> None:
    number = node_number(spec.name)

    def ready() -> bool:
        found = api.get(_path(spec.name))
        if found is None or not has_condition(found, "Ready"):
            return False
        if not spec.gpus or found["status"]["allocatable"].get(GPU) == str(spec.gpus):
            return True
        _advertise_gpus(api, spec)
        return False

    wait_until(
        ready,
        f"node {spec.name} is Ready",
        timeout=READY_TIMEOUT_SECONDS,
        alive=lambda: daemons.check(containerd.daemon(number), daemon(number)),
    )


def _advertise_gpus(api: KubernetesApi, spec: NodeSpec) -> None:
    """What NVIDIA's device plugin does through the kubelet. The kubelet keeps it at every status update."""
    gpus: Mapping[str, str] = {GPU: str(spec.gpus)}
    api.patch(f"{_path(spec.name)}/status", {"status": {"capacity": gpus, "allocatable": gpus}})


def _path(name: str) -> str:
    return f"/api/v1/nodes/{name}"
