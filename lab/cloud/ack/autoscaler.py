"""The cluster autoscaler: looks at pods and nodes every scan, and lets the decision happen."""

import logging
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from lab.cloud.ack.backoff import Backoff
from lab.cloud.ack.clusters import Cluster
from lab.cloud.ack.decision import Decision, Memory, Seen, decide
from lab.cloud.ack.demand import demand
from lab.cloud.ack.policies import policies
from lab.cloud.ack.pools import NodePool
from lab.cloud.ack.service import ContainerService
from lab.cloud.ack.virtual_nodes import TAINT
from lab.cloud.ecs.stock import NoStockError
from lab.cloud.settings import Knobs
from lab.hands import Hands

log = logging.getLogger(__name__)


class Autoscaler:
    """clock: seconds that only grow."""

    def __init__(
        self, service: ContainerService, hands: Hands, knobs: Knobs, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._service = service
        self._hands = hands
        self._knobs = knobs
        self._clock = clock
        self._memory = Memory()
        self._backoff = Backoff(lambda: knobs.now.backoff_seconds, clock)
        self._stopping = threading.Event()

    def run(self) -> None:
        """Until stop(). A look that fails is repeated: the cluster may be on its way up or down."""
        told = ""
        while not self._stopping.wait(self._knobs.now.scan_seconds):
            fault = ""
            try:
                self.look()
            except Exception as error:
                fault = repr(error)
                if fault != told:
                    log.warning("the autoscaler could not look at the cluster: %s", fault)
            told = fault

    def stop(self) -> None:
        self._stopping.set()

    def look(self) -> Decision:
        """One scan."""
        decision = Decision()
        for cluster in self._service.clusters.clusters.all():
            if cluster.state != "running":
                continue
            seen = self._see(cluster)
            decision = decide(seen, self._memory, self._clock(), self._knobs.now.idle_seconds)
            self._memory = decision.memory
            self._act(cluster.cluster_id, decision, seen.pools)
        return decision

    def _see(self, cluster: Cluster) -> Seen:
        identity = cluster.cluster_id
        # Pods first: a node that gets ready in between is then known, never a pod that is placed already.
        pods = [demand(pod) for pod in self._hands.pods(identity)]
        pools = [pool for pool in self._service.pools.of(identity) if pool.autoscaled and not pool.leaving]
        resting = {pool.pool_id for pool in pools if self._left_alone(pool.pool_id)}
        nodes = self._service.fleet.nodes()
        rules = policies(self._hands.resource_policies(identity))
        return Seen(pools, pods, nodes, rules, _priorities(cluster.autoscaler, pools), resting)

    def _left_alone(self, pool_id: str) -> bool:
        """A pool whose nodes do not join would be ordered from at every look."""
        if self._backoff.begins(pool_id, self._service.fleet.faults(pool_id)):
            log.warning("pool %s: a node did not join, the pool is left alone for a while", pool_id)
        return self._backoff.holds(pool_id)

    def _act(self, cluster_id: str, decision: Decision, pools: Sequence[NodePool]) -> None:
        for pod in decision.bursts:
            log.info("pod %s: its nodes are full, it may go to a virtual node", pod)
            self._hands.tolerate(cluster_id, pod, TAINT)
        for pool in pools:
            for _ in range(decision.orders.get(pool.pool_id, 0)):
                log.info("pool %s: pods wait, a node is ordered", pool.pool_id)
                if not self._order(cluster_id, pool, decision.served.get(pool.pool_id, ())):
                    break
        for name in decision.removals:
            log.info("node %s has been idle, it is given back", name)
            self._service.fleet.give_back(name)

    def _order(self, cluster_id: str, pool: NodePool, pods: Iterable[str]) -> bool:
        """Where none is to be had the pool is left alone for a while, so that the next look takes another one."""
        try:
            self._service.pools.order(pool.pool_id)
        except NoStockError as refusal:
            log.warning("pool %s: %s", pool.pool_id, refusal)
            self._backoff.hold(pool.pool_id)
            for pod in pods:
                self._hands.tell(cluster_id, pod, "FailedScaleUp", f"node pool {pool.pool_id}: {refusal}")
            return False
        return True


def _priorities(config: Mapping[str, Any], pools: list[NodePool]) -> dict[str, int]:
    """By pool id; the API has the scaling groups by priority, and they count with the expander of that name alone."""
    if config.get("expander") != "priority":
        return {}
    ranks = {group: int(rank) for rank, groups in (config.get("priorities") or {}).items() for group in groups}
    by_pool = {pool.pool_id: ranks.get(pool.part("scaling_group").get("scaling_group_id", "")) for pool in pools}
    return {pool_id: rank for pool_id, rank in by_pool.items() if rank is not None}
