"""Which files and folders the cluster owns, below those of the layout."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lab.cluster.sysctls import KernelSettings
from lab.layout import Layout


@dataclass(frozen=True)
class NodePlaces:
    """What one node owns; `name` is that of the lab."""

    name: str
    number: int
    var: Path
    run: Path

    @property
    def containerd(self) -> str:
        """The daemon's name."""
        return f"containerd-{self.number}"

    @property
    def kubelet(self) -> str:
        """The daemon's name."""
        return f"kubelet-{self.number}"

    @property
    def bridge(self) -> str:
        return f"cni{self.number}"

    @property
    def containerd_root(self) -> Path:
        return self.var / "containerd"

    @property
    def containerd_state(self) -> Path:
        return self.run / "containerd"

    @property
    def containerd_socket(self) -> Path:
        return self.run / "containerd.sock"

    @property
    def kubelet_root(self) -> Path:
        return self.var / "kubelet"

    @property
    def pod_logs(self) -> Path:
        return self.var / "pod-logs"

    @property
    def config(self) -> Path:
        return self.var / "config"

    @property
    def cni_config(self) -> Path:
        return self.config / "cni"

    @property
    def cni_network(self) -> str:
        """The CNI network's name: libcni's cache in /var/lib/cni is shared by the whole machine and keyed by it."""
        return f"{self.name}-{self.number}"

    @property
    def cgroup(self) -> str:
        return f"{self.name}-{self.number}"


@dataclass(frozen=True)
class Places:
    """What the cluster owns; the emulated account and the supervisor have their own beside it."""

    layout: Layout

    @property
    def cluster(self) -> Path:
        return self.layout.var / "cluster"

    @property
    def pki(self) -> Path:
        return self.cluster / "pki"

    @property
    def images(self) -> Path:
        """The cache of images made ready for nodes: survives the cluster."""
        return self.layout.var / "images"

    @property
    def nodes(self) -> Path:
        return self.layout.var / "nodes"

    @property
    def node_runs(self) -> Path:
        return self.layout.run / "node"

    @property
    def gateway(self) -> Path:
        return self.layout.run / "gateway"

    @property
    def pids(self) -> Path:
        """Apart from the supervisor's own: the cluster's are removed with it."""
        return self.layout.pids / "cluster"

    @property
    def temporary(self) -> Path:
        """Daemons' temporary files, among them keys: a killed process does not remove its own."""
        return self.layout.run / "tmp"

    @property
    def kernel_settings(self) -> KernelSettings:
        return KernelSettings(self.layout.run.parent / "ack-lab-kernel-settings", self.layout.name)

    def node(self, number: int) -> NodePlaces:
        return NodePlaces(self.layout.name, number, self.nodes / str(number), self.node_runs / str(number))

    def existing_nodes(self) -> Iterator[NodePlaces]:
        """Nodes of which any folder is left."""
        # `os.walk` has nothing to say of a folder that is not there, or goes meanwhile.
        folders = (name for base in (self.nodes, self.node_runs) for name in next(os.walk(base), ("", [], []))[1])
        numbers = set(map(int, folders))
        return (self.node(number) for number in sorted(numbers))
