"""A node: a containerd and a kubelet of its own, with its own address, bridge, pod subnet and cgroup."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from lab.cluster import cgroups, containerd, namespace, teardown
from lab.cluster.addresses import node_address, node_number
from lab.cluster.api import KubernetesApi, has_condition
from lab.cluster.commands import wait_until
from lab.cluster.drain import drain
from lab.cluster.node_configuration import kubelet_flags, write_configuration
from lab.cluster.places import NodePlaces, Places
from lab.cluster.processes import Daemons
from lab.hands import NodeSpec

log = logging.getLogger(__name__)

READY_TIMEOUT_SECONDS = 300
MOST_KUBELETS = 3
GPU = "nvidia.com/gpu"


@dataclass(frozen=True)
class Nodes:
    """Boots and stops nodes of one cluster, several at once if need be."""

    places: Places
    kube: Path
    daemons: Daemons
    api: KubernetesApi

    def start(self, spec: NodeSpec, store: Path) -> None:
        """Boot a node with the images of `store`; returns once it is Ready and its GPUs are allocatable.

        A node that does not boot is removed again.
        """
        node = self.places.node(node_number(spec.name))
        try:
            node.var.mkdir(parents=True)
        except FileExistsError:
            raise RuntimeError(f"node {spec.name}: number {node.number} is taken; remove that node first") from None
        try:
            self._boot(node, spec, store)
        except Exception:
            self.stop(spec.name)
            raise

    def stop(self, name: str, drain_seconds: float = 0) -> None:
        """Take a node out of the cluster and remove all of it, as when a machine is released; fine if it is gone.

        drain_seconds: how long its pods have to leave before; 0: they go down with it.
        """
        number = node_number(name)
        if drain_seconds:
            self._drain(name, drain_seconds)
        teardown.kill_node(self.places.layout, number)
        try:
            self._forget(name)
        finally:
            teardown.remove_node(self.places, number)

    def _drain(self, name: str, seconds: float) -> None:
        """What goes wrong here must not keep a node that is to go."""
        try:
            if left := drain(self.api, name, seconds):
                log.warning("node %s goes with pods that have not left it: %s", name, ", ".join(left))
        except RuntimeError as error:
            log.warning("node %s goes without being drained: %s", name, error)

    def _boot(self, node: NodePlaces, spec: NodeSpec, store: Path) -> None:
        namespace.add_address(self.places.layout, node_address(node.number))
        cgroups.create(node.cgroup)
        write_configuration(self.places, node, spec)
        containerd.start(self.daemons, node, store)
        command = [str(self.kube), "kubelet", *kubelet_flags(node, spec)]
        self.daemons.start(node.kubelet, command, node=node.number)
        more = iter(range(MOST_KUBELETS - 1))

        def alive() -> None:
            self.daemons.check(node.containerd)
            # As systemd does on a real node. All kubelets of a machine listen at one name, each takes it from the last:
            # of two that do so at once one finds it taken, and gives up.
            if not self.daemons.alive(node.kubelet) and next(more, None) is not None:
                log.warning("the kubelet of %s is started again: it ended", spec.name)
                self.daemons.start(node.kubelet, command, node=node.number)
            self.daemons.check(node.kubelet)

        wait_until(lambda: self.ready(spec), f"node {spec.name} is Ready", timeout=READY_TIMEOUT_SECONDS, alive=alive)

    def ready(self, spec: NodeSpec) -> bool:
        """Whether the node is Ready with all its GPUs; they are advertised as soon as it is Ready without them."""
        found = self.api.get(_path(spec.name))
        if found is None or not has_condition(found, "Ready"):
            return False
        if not spec.gpus or found["status"]["allocatable"].get(GPU) == str(spec.gpus):
            return True
        # What NVIDIA's device plugin does through the kubelet; the kubelet keeps it at every status update.
        gpus: Mapping[str, str] = {GPU: str(spec.gpus)}
        self.api.patch(f"{_path(spec.name)}/status", {"status": {"capacity": gpus, "allocatable": gpus}})
        return False

    def _forget(self, name: str) -> None:
        self.api.delete(_path(name))
        # Without a kubelet nobody confirms their end, and the collector of orphaned pods takes a minute.
        for pod in self.api.items(f"/api/v1/pods?fieldSelector=spec.nodeName={name}"):
            metadata = pod["metadata"]
            self.api.delete(f"/api/v1/namespaces/{metadata['namespace']}/pods/{metadata['name']}?gracePeriodSeconds=0")


def _path(name: str) -> str:
    return f"/api/v1/nodes/{name}"
