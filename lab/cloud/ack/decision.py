"""The autoscaler's decision: which pools get how many more nodes, and which nodes go. Pure, no clock, no cluster."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field

from lab.cloud.ack.demand import Demand
from lab.cloud.ack.fleet import Node
from lab.cloud.ack.policies import Policy
from lab.cloud.ack.pools import NodePool
from lab.cloud.ack.virtual_nodes import TAINT as VIRTUAL


@dataclass(frozen=True)
class Seen:
    """A look at a cluster.

    pools: those that the autoscaler may change; nodes: all of theirs, booting ones too.
    priorities: of pools, by pool id; a pool without one comes last.
    resting: ids of pools that get no more nodes for now.
    """

    pools: Sequence[NodePool]
    pods: Sequence[Demand]
    nodes: Sequence[Node] = ()
    policies: Sequence[Policy] = ()
    priorities: Mapping[str, int] = field(default_factory=dict)
    resting: Container[str] = ()


@dataclass(frozen=True)
class Memory:
    """What one look leaves to the next: since when nodes have been idle and pods have waited for a node, in seconds.

    A node that is busy is not in it, nor is a pod that has its place.
    """

    idle_since: Mapping[str, float] = field(default_factory=dict)
    stuck_since: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Decision:
    """orders: nodes to add, by pool id.

    served: the pods that they are for, as namespace/name, by pool id.
    removals: names of nodes that have been idle for long enough.
    bursts: pods that a policy sends to virtual nodes, as namespace/name.
    memory: to be given to the next decision.
    """

    orders: Mapping[str, int] = field(default_factory=dict)
    served: Mapping[str, Sequence[str]] = field(default_factory=dict)
    removals: Sequence[str] = ()
    bursts: Sequence[str] = ()
    memory: Memory = Memory()


def decide(seen: Seen, memory: Memory, now: float, idle_seconds: float) -> Decision:
    """now: in seconds, on the clock of the memory."""
    living = [pod for pod in seen.pods if not pod.finished]
    waiting = [pod for pod in living if pod.stuck and not pod.tolerates(VIRTUAL)]
    stuck = {pod.pod: memory.stuck_since.get(pod.pod, now) for pod in waiting}
    demands = [_Waiting(pod, _policy(pod, seen.policies), now - stuck[pod.pod]) for pod in waiting]
    orders, served, bursts = _orders(demands, _rooms(seen.pools, living, seen.nodes), seen)
    ready = {node.name for node in seen.nodes if node.state == "ready"}
    busy = {pod.node for pod in living if not pod.stays_behind}
    idle = {name: memory.idle_since.get(name, now) for name in sorted(ready - busy)}
    due = [name for name, since in idle.items() if now - since >= idle_seconds]
    return Decision(orders, served, _removals(seen.pools, seen.nodes, due), bursts, Memory(idle, stuck))


@dataclass(frozen=True)
class _Waiting:
    """A pod that found no place. policy: that sends it to virtual nodes; seconds: it has waited so long."""

    pod: Demand
    policy: Policy | None
    seconds: float

    @property
    def bursts(self) -> bool:
        """Whether it waits for no node any more."""
        return self.policy is not None and self.seconds >= (self.policy.wait_seconds or 0)


@dataclass
class _Room:
    """GPUs that are free on a node that is there, on its way, or about to be ordered (new)."""

    pool: NodePool
    gpus: int
    ready: bool = False
    new: bool = False

    def takes(self, pod: Demand) -> bool:
        return pod.gpus <= self.gpus and pod.fits(self.pool.labels, self.pool.taints)


def _orders(
    waiting: Sequence[_Waiting], rooms: list[_Room], seen: Seen
) -> tuple[dict[str, int], dict[str, list[str]], list[str]]:
    """As few nodes as hold the pods; every node on its way counts as if it were there. With whom they are for, and the
    pods that get none, but may go to virtual nodes."""
    orders: dict[str, int] = {}
    served: dict[str, list[str]] = {}
    bursts: list[str] = []
    for one in sorted(waiting, key=lambda one: -one.pod.gpus):
        pod = one.pod
        room = next((room for room in rooms if room.takes(pod)), None)
        if one.bursts and not (room and room.ready):
            bursts.append(pod.pod)
            continue
        if room is None:
            pool = _best(seen, pod, orders)
            if pool is None:
                bursts += [pod.pod] if one.policy else []
                continue
            orders[pool.pool_id] = orders.get(pool.pool_id, 0) + 1
            room = _Room(pool, pool.gpus, new=True)
            rooms.append(room)
        room.gpus -= pod.gpus
        if room.new:
            served.setdefault(room.pool.pool_id, []).append(pod.pod)
    return orders, served, bursts


def _policy(pod: Demand, policies: Sequence[Policy]) -> Policy | None:
    return next((policy for policy in policies if policy.selects(pod)), None)


def _rooms(pools: Sequence[NodePool], pods: Sequence[Demand], nodes: Sequence[Node]) -> list[_Room]:
    by_id = {pool.pool_id: pool for pool in pools}
    used: dict[str, int] = {}
    for pod in pods:
        used[pod.node] = used.get(pod.node, 0) + pod.gpus
    return [
        _Room(by_id[node.pool_id], node.gpus - used.get(node.name, 0), node.state == "ready")
        for node in nodes
        if node.pool_id in by_id and node.state != "leaving"
    ]


def _best(seen: Seen, pod: Demand, orders: Mapping[str, int]) -> NodePool | None:
    """Of the highest priority; of those the pool that wastes the fewest GPUs; of two alike the older one."""
    fitting = [
        pool
        for pool in seen.pools
        if pool.pool_id not in seen.resting
        and _Room(pool, pool.gpus).takes(pod)
        and _size(pool, seen.nodes) + orders.get(pool.pool_id, 0) < pool.limits[1]
    ]
    return min(fitting, key=lambda pool: (-seen.priorities.get(pool.pool_id, 0), pool.gpus - pod.gpus), default=None)


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
