"""A cluster that only remembers what was asked of it."""

import json
import threading
from collections.abc import Mapping, Sequence
from typing import Any

from lab.hands import NodeSpec, Taint

API_SERVER = "https://127.0.0.1:16443"


class FakeHands:
    """refuse: names of calls that raise; hold: while it is not set, add_node waits; asked: it was called.

    looks: released once for every time that pods were asked for; late_pods: they come while a node is tainted;
    drained: seconds that each removed node was given; told: pod, reason and message of events.
    """

    def __init__(self) -> None:
        self.clusters: list[str] = []
        self.deleted: list[str] = []
        self.addons: dict[str, Mapping[str, Any]] = {}
        self.nodes: dict[str, NodeSpec] = {}
        self.every_node: list[str] = []
        self.running_pods: list[Mapping[str, Any]] = []
        self.policies: list[Mapping[str, Any]] = []
        self.tolerations: list[tuple[str, str]] = []
        self.told: list[tuple[str, str, str]] = []
        self.announced: list[str] = []
        self.late_pods: list[Mapping[str, Any]] = []
        self.tainted: dict[str, Taint] = {}
        self.drained: dict[str, float] = {}
        self.looks = threading.Semaphore(0)
        self.refuse: set[str] = set()
        self.asked = threading.Event()
        self.hold = threading.Event()
        self.hold.set()
        self._lock = threading.Lock()

    def create_cluster(self, cluster_id: str) -> None:
        self._check("create_cluster")
        self.clusters.append(cluster_id)

    def resume_cluster(self, cluster_id: str) -> None:
        self._check("resume_cluster")

    def delete_cluster(self, cluster_id: str) -> None:
        self._check("delete_cluster")
        self.deleted.append(cluster_id)
        self.nodes.clear()

    def kubeconfig(self, cluster_id: str) -> str:
        data = {"certificate-authority-data": "Y2E=", "server": API_SERVER}
        user = {"client-certificate-data": "Y2VydA==", "client-key-data": "a2V5"}
        return json.dumps(
            {
                "apiVersion": "v1",
                "kind": "Config",
                "clusters": [{"name": "kubernetes", "cluster": data}],
                "users": [{"name": "admin", "user": user}],
                "contexts": [{"name": "admin", "context": {"cluster": "kubernetes", "user": "admin"}}],
                "current-context": "admin",
            }
        )

    def install_addon(self, cluster_id: str, name: str, config: Mapping[str, Any]) -> None:
        self._check("install_addon")
        self.addons[name] = config

    def add_node(self, cluster_id: str, node: NodeSpec) -> None:
        self.asked.set()
        self.hold.wait()
        self._check("add_node")
        with self._lock:
            assert node.name not in self.nodes, f"{node.name} was added twice"
            self.nodes[node.name] = node
            self.every_node.append(node.name)

    def node_runs(self, cluster_id: str, name: str) -> bool:
        return name in self.nodes

    def taint_node(self, cluster_id: str, name: str, taint: Taint) -> None:
        self._check("taint_node")
        self.tainted[name] = taint
        self.running_pods.extend(self.late_pods)

    def untaint_node(self, cluster_id: str, name: str, key: str) -> None:
        if self.tainted[name].key == key:
            del self.tainted[name]

    def remove_node(self, cluster_id: str, name: str, drain_seconds: float = 0) -> None:
        self._check("remove_node")
        with self._lock:
            self.drained[name] = drain_seconds
            self.nodes.pop(name, None)

    def pods(self, cluster_id: str) -> Sequence[Mapping[str, Any]]:
        self.looks.release()
        self._check("pods")
        return list(self.running_pods)

    def resource_policies(self, cluster_id: str) -> Sequence[Mapping[str, Any]]:
        return self.policies

    def tolerate(self, cluster_id: str, pod: str, taint: Taint) -> None:
        self.tolerations.append((pod, taint.key))

    def tell(self, cluster_id: str, pod: str, reason: str, message: str) -> None:
        self.told.append((pod, reason, message))

    def announce_end(self, cluster_id: str, node: str) -> None:
        self.announced.append(node)

    def _check(self, call: str) -> None:
        if call in self.refuse:
            raise RuntimeError(f"{call} was told to fail")


class Clock:
    """Stands still but for what a test sets."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now
