"""Container service: what each call sets in motion, with a task that the caller waits for."""

import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from lab.cloud.ack.addons import Addons
from lab.cloud.ack.clusters import Cluster, Clusters
from lab.cloud.ack.fleet import Fleet
from lab.cloud.ack.pools import NodePool, Pools
from lab.cloud.ack.reclaims import Reclaims
from lab.cloud.ack.tasks import Tasks, Work
from lab.cloud.ack.virtual_nodes import VirtualNodes
from lab.cloud.alb.models import LoadBalancers
from lab.cloud.ecs.stock import Stock
from lab.cloud.errors import ApiError
from lab.cloud.settings import Knobs
from lab.cloud.store import Store
from lab.cloud.vpc.networks import Networks
from lab.hands import Hands


class ContainerService:
    def __init__(
        self,
        store: Store,
        networks: Networks,
        load_balancers: LoadBalancers,
        stock: Stock,
        hands: Hands,
        knobs: Knobs,
    ) -> None:
        self._store = store
        self._networks = networks
        self._load_balancers = load_balancers
        self._knobs = knobs
        self.tasks = Tasks(store, self._works())
        self.clusters = Clusters(store, networks, hands)
        self.addons = Addons(store, hands, VirtualNodes(store, hands, self._zone_of))
        self.fleet = Fleet(store, hands, knobs)
        self.pools = Pools(store, networks, self.fleet, stock)
        self.reclaims = Reclaims(self.fleet, self.pools, self.addons, hands, knobs)
        networks.vswitch_users["DependencyViolation.Node"] = self._nodes_in

    def create_cluster(self, body: Mapping[str, Any], region: str) -> tuple[Cluster, str]:
        """The cluster and the id of the task that brings it; so for every pair below."""
        with self._store.transaction():
            cluster = self.clusters.create(body, region)
            names = self.addons.register(cluster.cluster_id, body.get("addons") or [])
        return cluster, self.tasks.start(cluster.cluster_id, "cluster_create", names)

    def delete_cluster(self, cluster_id: str, resources_to_delete: Iterable[str]) -> str:
        """resources_to_delete: kinds that go with the cluster, such as ALB; they stay otherwise."""
        with self._store.transaction():
            self.clusters.begin_deletion(cluster_id)
            for pool in self.pools.of(cluster_id):
                self.pools.begin_removal(pool.pool_id)
        return self.tasks.start(cluster_id, "cluster_delete", sorted(resources_to_delete))

    def upgrade_cluster(self, cluster_id: str, version: str) -> str:
        """The number only: the lab's Kubernetes is of one version."""
        self.clusters.change(cluster_id, current_version=version)
        return self.tasks.done(cluster_id, "cluster_upgrade")

    def install_addons(self, cluster_id: str, bodies: Iterable[Mapping[str, Any]]) -> str:
        self.running(cluster_id)
        with self._store.transaction():
            names = self.addons.register(cluster_id, bodies)
        return self.tasks.start(cluster_id, "addon_install", names)

    def uninstall_addons(self, cluster_id: str, names: Iterable[str]) -> str:
        return self.tasks.start(cluster_id, "addon_uninstall", list(names))

    def create_pool(self, cluster_id: str, body: Mapping[str, Any]) -> tuple[NodePool, str]:
        # At once: a pool that comes when the cluster is about to go would get nodes while it goes.
        with self._store.transaction():
            cluster = self.running(cluster_id)
            pool = self.pools.create(cluster_id, cluster.region_id, body)
        return pool, self.tasks.start(cluster_id, "nodepool_create", [pool.pool_id])

    def change_pool(self, cluster_id: str, pool_id: str, body: Mapping[str, Any]) -> str:
        self.running(cluster_id)
        self.pools.change(pool_id, body)
        return self.tasks.start(cluster_id, "nodepool_update", [pool_id])

    def delete_pool(self, cluster_id: str, pool_id: str) -> str:
        self.clusters.clusters.get(cluster_id)
        self.pools.begin_removal(pool_id)
        return self.tasks.start(cluster_id, "nodepool_delete", [pool_id])

    def running(self, cluster_id: str) -> Cluster:
        """Raises ApiError unless there is such a cluster and it runs."""
        cluster = self.clusters.clusters.get(cluster_id)
        if cluster.state != "running":
            raise ApiError("ErrorClusterState", f"cluster {cluster_id} is {cluster.state}, it must be running for this")
        return cluster

    def _works(self) -> Mapping[str, Work]:
        return {
            "cluster_create": self._bring_cluster,
            "cluster_delete": self._end_cluster,
            "addon_install": lambda cluster_id, names: self.addons.apply(cluster_id, names),
            "addon_uninstall": self._remove_addons,
            "nodepool_create": self._fill,
            "nodepool_update": self._fill,
            "nodepool_delete": lambda _, pools: self.pools.finish_removal(*pools),
        }

    def _bring_cluster(self, cluster_id: str, addons: Sequence[str]) -> None:
        # Cut off by a restart between the cluster's record and its own.
        if self.clusters.clusters.get(cluster_id).state == "running":
            return
        time.sleep(self._knobs.now.cluster_seconds)
        self.clusters.start(cluster_id, lambda: self.addons.apply(cluster_id, addons))

    def _end_cluster(self, cluster_id: str, resources_to_delete: Sequence[str]) -> None:
        self.fleet.forget(cluster_id)
        for pool in self.pools.of(cluster_id):
            self.pools.pools.remove(pool.pool_id)
        self.addons.forget(cluster_id)
        if "ALB" in resources_to_delete:
            self._load_balancers.delete_all()
        self.clusters.finish_deletion(cluster_id)

    def _remove_addons(self, cluster_id: str, names: Sequence[str]) -> None:
        for name in names:
            self.addons.remove(cluster_id, name)

    def _fill(self, _: str, pools: Sequence[str]) -> None:
        for pool in pools:
            self.pools.fill(pool)

    def _zone_of(self, cluster_id: str) -> str:
        first = self.clusters.clusters.get(cluster_id).vswitch_ids[0]
        return self._networks.vswitches.get(first).zone_id

    def _nodes_in(self, vswitch_id: str) -> list[str]:
        return [f"node {node.name}" for node in self.fleet.nodes() if node.purchase.vswitch_id == vswitch_id]
