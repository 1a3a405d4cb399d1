"""The virtual node of the addon ack-virtual-node: in no pool, so that the autoscaler leaves it alone."""

from collections.abc import Callable

from pydantic import BaseModel

from lab.cloud.store import Collection, Store
from lab.hands import Hands, NodeSpec, Taint

ADDON = "ack-virtual-node"
LABELS = {"type": "virtual-kubelet"}
TAINT = Taint("virtual-kubelet.io/provider", "alibabacloud", "NoSchedule")
# Instances have as many as are asked for; a node must name a number.
GPUS = 16


class VirtualNode(BaseModel):
    name: str
    cluster_id: str


class VirtualNodes:
    """One for a cluster; zone_of: cluster id → the zone that it is named after."""

    def __init__(self, store: Store, hands: Hands, zone_of: Callable[[str], str]) -> None:
        self._hands = hands
        self._zone_of = zone_of
        self._nodes = Collection(store, "virtual-node", VirtualNode, "ErrorNodeNotFound")

    def bring(self, cluster_id: str) -> None:
        """Returns once it is there; fine if it is already, and one that died is replaced."""
        name = f"virtual-kubelet-{self._zone_of(cluster_id)}"
        if self._of(cluster_id) and self._hands.node_runs(cluster_id, name):
            return
        # What an installation that was cut off has left, or a node that died.
        self._hands.remove_node(cluster_id, name)
        self._hands.add_node(cluster_id, NodeSpec(name, LABELS, (TAINT,), GPUS))
        self._nodes.put(name, VirtualNode(name=name, cluster_id=cluster_id))

    def recover(self, cluster_id: str) -> None:
        """After a restart: one that died meanwhile is replaced."""
        if self._of(cluster_id):
            self.bring(cluster_id)

    def remove(self, cluster_id: str) -> None:
        """Take it out, and its pods with it."""
        for node in self._of(cluster_id):
            self._hands.remove_node(cluster_id, node.name)
        self.forget(cluster_id)

    def forget(self, cluster_id: str) -> None:
        """Drop the record of a cluster that takes its nodes along."""
        for node in self._of(cluster_id):
            self._nodes.remove(node.name)

    def _of(self, cluster_id: str) -> list[VirtualNode]:
        return [node for node in self._nodes.all() if node.cluster_id == cluster_id]
