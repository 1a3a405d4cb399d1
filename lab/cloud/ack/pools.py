"""Node pools: how many nodes of which kind."""

from collections.abc import Mapping
from concurrent.futures import Future
from typing import Any

from pydantic import BaseModel

from lab.cloud.ack.fleet import Fleet
from lab.cloud.ack.gpus import gpus_of
from lab.cloud.ack.purchases import Purchase, in_words, purchases
from lab.cloud.ecs.stock import NoStockError, Stock
from lab.cloud.errors import ApiError
from lab.cloud.naming import RESOURCE_GROUP, new_id
from lab.cloud.store import Collection, Store
from lab.cloud.vpc.networks import Networks
from lab.hands import NodeSpec, Taint

# Of a pool that names none.
ANY_TYPE = "ecs.g7.xlarge"


class NodePool(BaseModel):
    """body: as the API's create request has it; a read gives the same tree back, so it is kept whole.

    leaving: it is being deleted, so that nobody orders nodes for it any more.
    """

    pool_id: str
    cluster_id: str
    region: str
    body: dict[str, Any]
    leaving: bool = False

    def part(self, name: str) -> dict[str, Any]:
        return self.body.get(name) or {}

    @property
    def autoscaled(self) -> bool:
        return bool(self.part("auto_scaling").get("enable"))

    @property
    def limits(self) -> tuple[int, int]:
        """Fewest and most nodes; the same for a pool of a fixed size."""
        if self.autoscaled:
            scaling = self.part("auto_scaling")
            return int(scaling.get("min_instances") or 0), int(scaling.get("max_instances") or 0)
        size = int(self.part("scaling_group").get("desired_size") or 0)
        return size, size

    @property
    def instance_types(self) -> list[str]:
        return list(self.part("scaling_group").get("instance_types") or [ANY_TYPE])

    @property
    def gpus(self) -> int:
        """That the autoscaler counts on: those of the type with the fewest, as nobody knows which one comes."""
        return min(map(_gpus, self.instance_types))

    @property
    def vswitch_ids(self) -> list[str]:
        return list(self.part("scaling_group").get("vswitch_ids") or [])

    @property
    def replaces_spot_early(self) -> bool:
        """Whether a node that is announced to go gets its successor before, and is drained then."""
        return bool(self.part("scaling_group").get("spot_instance_remedy"))

    @property
    def labels(self) -> dict[str, str]:
        """As the autoscaler sees a node of this pool: one of the first type."""
        return self.labels_of(Purchase(instance_type=self.instance_types[0]))

    def labels_of(self, purchase: Purchase) -> dict[str, str]:
        """What a node carries, so that the scheduler's and the autoscaler's view agree."""
        own = {label["key"]: label.get("value") or "" for label in self.part("kubernetes_config").get("labels") or []}
        given = {
            "alibabacloud.com/nodepool-id": self.pool_id,
            "node.kubernetes.io/instance-type": purchase.instance_type,
            "node.alibabacloud.com/spot-strategy": self._spot_strategy if purchase.spot else "NoSpot",
        }
        if self.autoscaled:
            given["k8s.aliyun.com"] = "true"
        if gpus := gpus_of(purchase.instance_type):
            given["aliyun.accelerator/nvidia_name"] = gpus.name
            given["aliyun.accelerator/nvidia_count"] = str(gpus.number)
        return own | given

    @property
    def taints(self) -> tuple[Taint, ...]:
        given = self.part("kubernetes_config").get("taints") or []
        return tuple(Taint(taint["key"], taint.get("value") or "", taint["effect"]) for taint in given)

    def spec(self, name: str, purchase: Purchase) -> NodeSpec:
        return NodeSpec(name, self.labels_of(purchase), self.taints, _gpus(purchase.instance_type))

    @property
    def _spot_strategy(self) -> str:
        return str(self.part("scaling_group").get("spot_strategy") or "")


class Pools:
    """Labels and taints that change reach the nodes that join afterwards, not those that are there."""

    def __init__(self, store: Store, networks: Networks, fleet: Fleet, stock: Stock) -> None:
        self._store = store
        self._networks = networks
        self._fleet = fleet
        self._stock = stock
        self.pools = Collection(store, "node-pool", NodePool, "ErrorNodePoolNotFound")

    def create(self, cluster_id: str, region: str, body: Mapping[str, Any]) -> NodePool:
        """Without nodes yet: fill() brings them."""
        identity = "np" + new_id("")
        info = {"resource_group_id": RESOURCE_GROUP, "type": "ess", **(body.get("nodepool_info") or {})}
        group = {"scaling_group_id": new_id("asg-"), **_without_password(body.get("scaling_group") or {})}
        for vswitch in group.get("vswitch_ids") or []:
            self._networks.vswitches.get(vswitch)
        kept = {**body, "nodepool_info": {**info, "nodepool_id": identity}, "scaling_group": group}
        pool = NodePool(pool_id=identity, cluster_id=cluster_id, region=region, body=kept)
        _check_limits(pool)
        return self.pools.put(identity, pool)

    def change(self, pool_id: str, body: Mapping[str, Any]) -> NodePool:
        """Only the fields that are given change, inside each part of the body as well."""
        with self._store.transaction():
            pool = self.pools.get(pool_id)
            merged = dict(pool.body)
            for name, value in body.items():
                both = isinstance(value, dict) and isinstance(merged.get(name), dict)
                merged[name] = {**merged[name], **value} if both else value
            merged["scaling_group"] = _without_password(merged.get("scaling_group") or {})
            changed = pool.model_copy(update={"body": merged})
            _check_limits(changed)
            return self.pools.put(pool_id, changed)

    def of(self, cluster_id: str) -> list[NodePool]:
        return [pool for pool in self.pools.all() if pool.cluster_id == cluster_id]

    def fill(self, pool_id: str) -> None:
        """Returns once the pool has a number of nodes within its limits. Raises what the first failed node raised."""
        with self._store.transaction():
            pool = self.pools.get(pool_id)
            least, most = pool.limits
            nodes = self._fleet.nodes(pool_id)
            orders = [self.order(pool_id) for _ in range(least - len(nodes))]
        surplus = sorted(nodes, key=lambda node: node.number)[most:]
        departures = [self._fleet.drop(node.name) for node in surplus]
        for future in orders + departures:
            future.result()

    def short(self, cluster_id: str) -> list[str]:
        """Ids of the pools that have fewer nodes than they should, and are not about to go."""
        return [
            pool.pool_id
            for pool in self.of(cluster_id)
            if not pool.leaving and len(self._fleet.nodes(pool.pool_id)) < pool.limits[0]
        ]

    def order(self, pool_id: str) -> Future[None]:
        """One more node. Raises ApiError if the pool is gone or about to go, NoStockError if all that it names is."""
        with self._store.transaction():
            pool = self.pools.get(pool_id)
            if pool.leaving:
                raise ApiError("ErrorNodePoolState", f"node pool {pool_id} is being deleted: it gets no more nodes")
            purchase = self._purchase(pool)
            return self._fleet.order(
                pool.cluster_id, pool_id, pool.region, purchase, lambda name: pool.spec(name, purchase)
            )

    def begin_removal(self, pool_id: str) -> None:
        """From now on nobody can order a node for it."""
        self.pools.change(pool_id, leaving=True)

    def finish_removal(self, pool_id: str) -> None:
        """Take all nodes out, then the pool itself. Raises what kept a node, and then keeps the pool as well."""
        departures = [self._fleet.drop(node.name) for node in self._fleet.nodes(pool_id)]
        for departure in departures:
            departure.result()
        self.pools.remove(pool_id)

    def _purchase(self, pool: NodePool) -> Purchase:
        switches = map(self._networks.vswitches.get, pool.vswitch_ids)
        zones = {switch.v_switch_id: switch.zone_id for switch in switches}
        taken = [node.purchase.vswitch_id for node in self._fleet.nodes(pool.pool_id)]
        tried = purchases(pool.part("scaling_group"), pool.instance_types, zones, taken)
        for one in tried:
            if self._stock.has(one.zone, one.instance_type, one.spot):
                return one
        raise NoStockError(in_words(tried))


def _gpus(instance_type: str) -> int:
    found = gpus_of(instance_type)
    return found.number if found else 0


def _check_limits(pool: NodePool) -> None:
    least, most = pool.limits
    if not 0 <= least <= most:
        raise ApiError("InvalidAutoScaling", f"min_instances {least} must lie between 0 and max_instances {most}")


def _without_password(group: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in group.items() if name != "login_password"}
