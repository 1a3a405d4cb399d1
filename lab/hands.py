"""What the emulated account does to the real cluster: the seam between lab/cloud and lab/cluster."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol


@dataclass(frozen=True)
class Taint:
    key: str
    value: str
    effect: str


@dataclass(frozen=True)
class NodeSpec:
    """A node that a pool orders.

    name: as on ACK, <region>.<address>; gpus: what the node advertises as nvidia.com/gpu.
    """

    name: str
    labels: Mapping[str, str] = field(default_factory=dict)
    taints: Sequence[Taint] = ()
    gpus: int = 0


class Hands(Protocol):
    """Every call blocks until the cluster is as asked, or raises RuntimeError with what went wrong."""

    def create_cluster(self, cluster_id: str) -> None:
        """Start a control plane without nodes; returns once its API answers."""

    def resume_cluster(self, cluster_id: str) -> None:
        """Go on with a cluster that another process has made; returns once its API answers and all of it runs that
        can be started again. Raises RuntimeError if its control plane does not run."""

    def delete_cluster(self, cluster_id: str) -> None:
        """Stop everything of the cluster and remove its data; fine if there is none."""

    def kubeconfig(self, cluster_id: str) -> str:
        """The same text at every call as long as the cluster lives; with client certificate and key as on ACK."""

    def install_addon(self, cluster_id: str, name: str, config: Mapping[str, Any]) -> None:
        """Bring what the addon brings; names the lab has no part for are accepted and do nothing."""

    def add_node(self, cluster_id: str, node: NodeSpec) -> None:
        """Boot a node; returns once it is Ready and its GPUs are allocatable."""

    def node_runs(self, cluster_id: str, name: str) -> bool:
        """Whether the machine of a node is on, whatever Kubernetes thinks of it."""

    def taint_node(self, cluster_id: str, name: str, taint: Taint) -> None:
        """Keep new pods away from a node; fine if it is gone."""

    def untaint_node(self, cluster_id: str, name: str, key: str) -> None:
        """Let pods come again; fine if the node or the taint is gone."""

    def remove_node(self, cluster_id: str, name: str, drain_seconds: float = 0) -> None:
        """Stop a node and take it out of the cluster; fine if it is gone already.

        drain_seconds: how long its pods have to leave before.
        """

    def pods(self, cluster_id: str) -> Sequence[Mapping[str, Any]]:
        """All pods as the API server returns them; empty while there is no cluster."""

    def resource_policies(self, cluster_id: str) -> Sequence[Mapping[str, Any]]:
        """All ResourcePolicies; empty while there is no cluster, or no such kind."""

    def tolerate(self, cluster_id: str, pod: str, taint: Taint) -> None:
        """Let a pod (namespace/name) that has no node yet go to nodes with the taint, and be the first to end when its
        set shrinks; fine if it is gone."""

    def tell(self, cluster_id: str, pod: str, reason: str, message: str) -> None:
        """A warning of the autoscaler's among the events of a pod (namespace/name); fine if it is gone."""

    def announce_end(self, cluster_id: str, node: str) -> None:
        """A node's condition and event as ACK's node problem detector has them for a spot instance that is taken back;
        fine if it is gone."""
