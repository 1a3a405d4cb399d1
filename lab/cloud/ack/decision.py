"""The autoscaler's decision: which pools get how many more nodes, and which nodes go. Pure, no clock, no cluster."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from lab.cloud.ack.demand import Demand
from lab.cloud.ack.fleet import Node
from lab.cloud.ack.pools import NodePool


@dataclass(frozen=True)
class Decision:
    """orders: nodes to add, by pool id.

    removals: names of nodes that have been idle for long enough.
    idle_since: to be given to the next decision; a node that is busy is not in it.
    """

    orders: Mapping[str, int] = field(default_factory=dict)
    removals: Sequence[str] = ()
    idle_since: Mapping[str, float] = field(default_factory=dict)


def decide(
    pools: Sequence[NodePool],
    pods: Sequence[Demand],
    nodes: Sequence[Node],
    idle_since: Mapping[str, float],
    now: float,
    idle_seconds: float,
    priorities: Mapping[str, int] | None = None,
) -> Decision:
    """pools: those that the autoscaler may change; nodes: all of theirs, booting ones too; now: in seconds.

    priorities: of pools, by pool id; a pool without one comes last.
    """
    living = [pod for pod in pods if not pod.finished]
    orders = _orders(pools, living, nodes, priorities or {})
    ready = {node.name for node in nodes if node.state == "ready"}
    busy = {pod.node for pod in living if not pod.stays_behind}
    idle = {name: idle_since.get(name, now) for name in sorted(ready - busy)}
    due = [name for name, since in idle.items() if now - since >= idle_seconds]
    return Decision(orders, _removals(pools, nodes, due), idle)


@dataclass
class _Room:
    """GPUs that are free on a node that is there, on its way, or about to be ordered."""

    pool: NodePool
    gpus: int

    def takes(self, pod: Demand) -> bool:
        return pod.gpus <= self.gpus and pod.fits(self.pool.labels, self.pool.taints)


def _orders(
    pools: Sequence[NodePool], pods: Sequence[Demand], nodes: Sequence[Node], priorities: Mapping[str, int]
) -> dict[str, int]:
    """As few nodes as hold the pods that found no place; every node on its way counts as if it were there."""
    rooms = _rooms(pools, pods, nodes)
    orders: dict[str, int] = {}
    for pod in sorted((pod for pod in pods if pod.stuck), key=lambda pod: -pod.gpus):
        room = next((room for room in rooms if room.takes(pod)), None)
        if room is None:
            pool = _best(pools, pod, nodes, orders, priorities)
            if pool is None:
                continue
            orders[pool.pool_id] = orders.get(pool.pool_id, 0) + 1
            room = _Room(pool, pool.gpus)
            rooms.append(room)
        room.gpus -= pod.gpus
    return orders


def _rooms(pools: Sequence[NodePool], pods: Sequence[Demand], nodes: Sequence[Node]) -> list[_Room]:
    by_id = {pool.pool_id: pool for pool in pools}
    used: dict[str, int] = {}
    for pod in pods:
        used[pod.node] = used.get(pod.node, 0) + pod.gpus
    return [
        _Room(by_id[node.pool_id], node.gpus - used.get(node.name, 0))
        for node in nodes
        if node.pool_id in by_id and node.state != "leaving"
    ]


def _best(
    pools: Sequence[NodePool],
    pod: Demand,
    nodes: Sequence[Node],
    orders: Mapping[str, int],
    priorities: Mapping[str, int],
) -> NodePool | None:
    """Of the highest priority; of those the pool that wastes the fewest GPUs; of two alike the older one."""
    fitting = [
        pool
        for pool in pools
        if _Room(pool, pool.gpus).takes(pod) and _size(pool, nodes) + orders.get(pool.pool_id, 0) < pool.limits[1]
    ]
    return min(fitting, key=lambda pool: (-priorities.get(pool.pool_id, 0), pool.gpus - pod.gpus), default=None)


def _removals(pools: Sequence[NodePool], nodes: Sequence[Node], due: Sequence[str]) -> list[str]:
    """Never below a pool's minimum."""
    removals = []
    for pool in pools:
        spare = _size(pool, nodes) - pool.limits[0]
        mine = {node.name for node in nodes if node.pool_id == pool.pool_id}
        removals += [name for name in due if name in mine][: max(0, spare)]
    return removals


def _size(pool: NodePool, nodes: Sequence[Node]) -> int:
    return sum(node.pool_id == pool.pool_id and node.state != "leaving" for node in nodes)
