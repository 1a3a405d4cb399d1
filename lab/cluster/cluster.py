"""The lab's Kubernetes cluster: what the emulated account's ACK cluster really is."""

import json
import logging
import sys
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import yaml

from lab.cluster import containerd, controlplane, gateway, namespace, notices, placement, teardown
from lab.cluster.addresses import API_PORT, GATEWAY_PORT, HTTPS_PORT, node_number
from lab.cluster.api import KubernetesApi
from lab.cluster.commands import wait_until
from lab.cluster.knative.install import install as install_knative
from lab.cluster.kubeconfig import render, write
from lab.cluster.node import Nodes
from lab.cluster.pki import Authority
from lab.cluster.places import Places
from lab.cluster.processes import Daemons
from lab.cluster.tools import Tools
from lab.hands import NodeSpec, Taint
from lab.layout import Layout
from lab.ports import require_free

log = logging.getLogger(__name__)

ADDONS = Path(__file__).parent / "addons"
SIZES = Path(__file__).parent / "instance-sizes.yaml"
START_SECONDS = 300
FORWARDER = "forwarder"
CONTROL_PLANE = (*controlplane.SERVERS, *controlplane.CONTROLLERS, FORWARDER)
# As on ACK, where a kubeconfig's user is the account's id and a suffix.
ACCOUNT_USER = "1234567890123456-lab"


class Cluster:
    """`lab.hands.Hands` on one machine. All state is on disk: another process may go on where one stopped."""

    def __init__(self, layout: Layout, tools: Tools):
        self._layout = layout
        self._tools = tools
        self._places = Places(layout)
        self._daemons = Daemons(layout)
        self._api: KubernetesApi | None = None
        self._store: Path | None = None
        self._lock = threading.Lock()

    def create_cluster(self, cluster_id: str) -> None:
        """Start a control plane without nodes; returns once its API answers and images are ready for nodes.

        Nothing but logs stays of one that does not start.
        """
        running = self._daemons.running()
        # What an attempt at the same cluster has left that was cut off is in nobody's way.
        if set(running) & set(CONTROL_PLANE) and self._cluster_id() != cluster_id:
            raise RuntimeError(f"a cluster runs already ({', '.join(running)}); `make lab-down` removes it")
        teardown.stop_cluster(self._layout)
        require_free(self._layout.cluster_ports)
        self._forget()
        try:
            self._create(cluster_id)
        except Exception:
            teardown.stop_cluster(self._layout)
            raise

    def resume_cluster(self, cluster_id: str) -> None:
        """Go on with a cluster that another process has made; proxy and gateway are started again if they died.

        Raises RuntimeError if its control plane does not run.
        """
        self._require(cluster_id)
        self._wait(self._kubernetes().ready, "the API server is ready", CONTROL_PLANE)
        try:
            if nodes := self._kubernetes().items("/api/v1/nodes"):
                self._ensure_proxy(nodes[0]["metadata"]["name"])
            if self._places.gateway.exists():
                gateway.start(self._places, self._tools, self._daemons)
        except RuntimeError as error:
            log.warning("the cluster goes on, but not all of it: %s", error)

    def delete_cluster(self, cluster_id: str) -> None:
        """Stop everything of the cluster and remove its data; fine if there is none."""
        if self._cluster_id() not in (None, cluster_id):
            raise RuntimeError(f"the lab's cluster is {self._cluster_id()}, not {cluster_id}")
        teardown.stop_cluster(self._layout)
        self._forget()

    def kubeconfig(self, cluster_id: str) -> str:
        """The same text at every call as long as the cluster lives; with client certificate and key as on ACK."""
        self._require(cluster_id)
        return self._account_kubeconfig.read_text()

    def current_kubeconfig(self) -> str | None:
        """That of the one cluster there is; None while there is none."""
        try:
            return self._account_kubeconfig.read_text()
        except FileNotFoundError:
            return None

    def install_addon(self, cluster_id: str, name: str, config: Mapping[str, Any]) -> None:
        """Bring what the addon brings; names the lab has no part for are accepted and do nothing."""
        self._require(cluster_id)
        if name == "knative":
            install_knative(self._kubernetes(), self._tools.knative / "config")
        elif name == "alb-ingress-controller":
            gateway.install(self._places, self._tools, self._daemons, self._kubernetes())
        elif (manifests := ADDONS / f"{name}.yaml").is_file():
            self._kubernetes().apply(yaml.safe_load_all(manifests.read_text(encoding="utf-8")))
            if name == gateway.KOURIER:
                gateway.start(self._places, self._tools, self._daemons)

    def add_node(self, cluster_id: str, node: NodeSpec) -> None:
        """Boot a node; returns once it is Ready and its GPUs are allocatable."""
        self._require(cluster_id)
        self._ensure_proxy(node.name)
        self._nodes().start(node, self._image_store())

    def node_runs(self, cluster_id: str, name: str) -> bool:
        """Whether its containerd and kubelet do."""
        node = self._places.node(node_number(name))
        return self._cluster_id() == cluster_id and all(map(self._daemons.alive, (node.containerd, node.kubelet)))

    def taint_node(self, cluster_id: str, name: str, taint: Taint) -> None:
        """Keep new pods away from a node; fine if it is gone."""
        if self._cluster_id() == cluster_id:
            placement.add_taint(self._kubernetes(), name, taint)

    def untaint_node(self, cluster_id: str, name: str, key: str) -> None:
        """Let pods come again; fine if the node or the taint is gone."""
        if self._cluster_id() == cluster_id:
            placement.remove_taint(self._kubernetes(), name, key)

    def remove_node(self, cluster_id: str, name: str, drain_seconds: float = 0) -> None:
        """Stop a node and take it out of the cluster; fine if it is gone already.

        drain_seconds: how long its pods have to leave before.
        """
        if self._cluster_id() == cluster_id:
            self._nodes().stop(name, drain_seconds)

    def pods(self, cluster_id: str) -> Sequence[Mapping[str, Any]]:
        """All pods as the API server returns them; empty while there is no cluster."""
        if self._cluster_id() != cluster_id:
            return []
        return self._kubernetes().items("/api/v1/pods")

    def resource_policies(self, cluster_id: str) -> Sequence[Mapping[str, Any]]:
        """All ResourcePolicies; empty while there is no cluster, or no such kind."""
        if self._cluster_id() != cluster_id:
            return []
        return self._kubernetes().items("/apis/scheduling.alibabacloud.com/v1alpha1/resourcepolicies")

    def tolerate(self, cluster_id: str, pod: str, taint: Taint) -> None:
        """Let a pod (namespace/name) that has no node yet go to nodes with the taint, and be the first to end when its
        set shrinks; fine if it is gone."""
        if self._cluster_id() == cluster_id:
            placement.tolerate(self._kubernetes(), pod, taint)

    def tell(self, cluster_id: str, pod: str, reason: str, message: str) -> None:
        """A warning of the autoscaler's among the events of a pod (namespace/name); fine if it is gone."""
        if self._cluster_id() == cluster_id:
            notices.tell(self._kubernetes(), pod, reason, message)

    def announce_end(self, cluster_id: str, node: str) -> None:
        """A node's condition and event as ACK's node problem detector has them for a spot instance that is taken back;
        fine if it is gone."""
        if self._cluster_id() == cluster_id:
            notices.announce_end(self._kubernetes(), node)

    @property
    def _identity(self) -> Path:
        return self._places.cluster / "cluster.json"

    @property
    def _account_kubeconfig(self) -> Path:
        return self._places.cluster / "account.kubeconfig"

    @property
    def _server(self) -> str:
        return f"https://127.0.0.1:{self._layout.api_port}"

    def _create(self, cluster_id: str) -> None:
        self._places.kernel_settings.hold()
        namespace.create(self._layout)
        authority = controlplane.write_credentials(self._places)
        self._write_identity(cluster_id, authority)
        with ThreadPoolExecutor(max_workers=1) as background:
            images = background.submit(self._image_store)
            self._start_control_plane()
            images.result()
        _complete(self._places).touch()

    def _write_identity(self, cluster_id: str, authority: Authority) -> None:
        credential = authority.client(ACCOUNT_USER, ["system:masters"])
        write(self._account_kubeconfig, render(self._server, authority, ACCOUNT_USER, credential))
        self._identity.write_text(json.dumps({"id": cluster_id}))

    def _cluster_id(self) -> str | None:
        try:
            return str(json.loads(self._identity.read_text())["id"])
        except FileNotFoundError:
            return None

    def _require(self, cluster_id: str) -> None:
        if self._cluster_id() != cluster_id:
            raise RuntimeError(
                f"the lab has no cluster {cluster_id}; its cluster is {self._cluster_id() or 'not there'}"
            )

    def _kubernetes(self) -> KubernetesApi:
        with self._lock:
            if self._api is None:
                self._api = KubernetesApi.connect(self._server, self._places.pki, "lab")
            return self._api

    def _nodes(self) -> Nodes:
        return Nodes(self._places, self._tools.kube, self._daemons, self._kubernetes())

    def _image_store(self) -> Path:
        with self._lock:
            if self._store is None:
                self._store = containerd.prepared_store(self._places, self._tools, self._daemons)
            return self._store

    def _start_control_plane(self) -> None:
        """Returns once the API answers and controllers work: they have made the first service account."""
        servers = (*controlplane.SERVERS, FORWARDER)
        controlplane.start_servers(self._places, self._tools, self._daemons)
        self._start_forwarder()
        self._wait(self._kubernetes().ready, "the API server is ready", servers)
        controlplane.start_controllers(self._places, self._tools, self._daemons)
        account = "/api/v1/namespaces/default/serviceaccounts/default"
        self._wait(lambda: self._kubernetes().get(account) is not None, "controllers work", CONTROL_PLANE)
        self._kubernetes().apply(yaml.safe_load_all(SIZES.read_text(encoding="utf-8")))

    def _wait(self, probe: Callable[[], bool], what: str, needed: Iterable[str]) -> None:
        wait_until(probe, what, timeout=START_SECONDS, alive=lambda: self._daemons.check(*needed))

    def _start_forwarder(self) -> None:
        layout = self._layout
        ports = {layout.api_port: API_PORT, layout.gateway_port: GATEWAY_PORT, layout.https_port: HTTPS_PORT}
        pairs = [f"{listen}:{target}" for listen, target in ports.items()]
        command = [sys.executable, "-m", "lab.cluster.forwarder", str(self._layout.netns), *pairs]
        self._daemons.start(FORWARDER, command, inside=False)

    def _ensure_proxy(self, node_name: str) -> None:
        with self._lock:
            if not self._daemons.alive(controlplane.PROXY):
                controlplane.start_proxy(self._places, self._tools, self._daemons, node_name)

    def _forget(self) -> None:
        with self._lock:
            self._api = None


def dead_control_plane(layout: Layout) -> list[str]:
    """Daemons that a cluster needs, had, and has no more; empty where none was made or its making was cut off."""
    daemons = Daemons(layout)
    return [name for name in CONTROL_PLANE if _complete(Places(layout)).exists() and not daemons.alive(name)]


def _complete(places: Places) -> Path:
    """A file that is there once the whole control plane was."""
    return places.cluster / "complete"
