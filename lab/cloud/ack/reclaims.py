"""Spot nodes that are taken back: announced, perhaps replaced before, and gone when their time is over.

Documented: the notice of 5 minutes and its form, that a pool with spot_instance_remedy buys a successor first and
drains the old node if that succeeds, that nothing is drained otherwise.
"""

import logging
import threading
import time
from concurrent.futures import Future, wait

from lab.cloud.ack.addons import Addons
from lab.cloud.ack.fleet import Fleet, Node
from lab.cloud.ack.pools import Pools
from lab.cloud.background import background
from lab.cloud.ecs.stock import NoStockError
from lab.cloud.errors import ApiError
from lab.cloud.settings import Knobs
from lab.hands import Hands

log = logging.getLogger(__name__)

# Without it nothing in the cluster tells of the notice.
DETECTOR = "ack-node-problem-detector"


class Reclaims:
    def __init__(self, fleet: Fleet, pools: Pools, addons: Addons, hands: Hands, knobs: Knobs) -> None:
        self._fleet = fleet
        self._pools = pools
        self._addons = addons
        self._hands = hands
        self._knobs = knobs
        self._stopping = threading.Event()
        self._under_way: set[Future[None]] = set()

    def begin(self, name: str) -> Node:
        """Returns at once. Raises ApiError for a node that is not there, not at a spot price, or going already."""
        node = self._fleet.announce(name, time.time() + self._knobs.now.notice_seconds)
        log.info("node %s is taken back in %g s", name, self._knobs.now.notice_seconds)
        self._start(node)
        return node

    def resume(self) -> None:
        """After a restart: what was announced before."""
        for node in self._fleet.nodes():
            if node.ends is not None:
                self._start(node)

    def settle(self) -> None:
        """Returns once none is on its way."""
        wait(list(self._under_way))

    def stop(self) -> None:
        """Nodes that are not gone yet stay."""
        self._stopping.set()

    def _start(self, node: Node) -> None:
        taking = background(f"take back {node.name}", self._take_back, node)
        self._under_way.add(taking)
        taking.add_done_callback(self._under_way.discard)

    def _take_back(self, node: Node) -> None:
        try:
            self._announce(node)
            drain_seconds = 0.0
            if self._replaced(node):
                drain_seconds = _left(node)
            elif self._stopping.wait(_left(node)):
                return
            # The autoscaler may have given it back since.
            if self._fleet.goes_on(node):
                self._fleet.drop(node.name, drain_seconds).result()
            self._keep_the_minimum(node.pool_id)
        except Exception:
            log.exception("node %s was to be taken back", node.name)

    def _announce(self, node: Node) -> None:
        if DETECTOR not in self._addons.names(node.cluster_id):
            return
        try:
            self._hands.announce_end(node.cluster_id, node.name)
        except RuntimeError as error:
            log.warning("node %s: nobody could be told that it goes: %s", node.name, error)

    def _replaced(self, node: Node) -> bool:
        """Whether a successor was ready in time, where the pool asks for one."""
        try:
            pool = self._pools.pools.get(node.pool_id)
            if not pool.replaces_spot_early:
                return False
            self._pools.order(node.pool_id).result(_left(node))
        except (ApiError, RuntimeError, TimeoutError) as error:
            log.warning("node %s goes without a successor: %r", node.name, error)
            return False
        return True

    def _keep_the_minimum(self, pool_id: str) -> None:
        """Asks again and again where nothing is to be had, as the scaling group does."""
        while self._pools.pools.find(pool_id):
            try:
                self._pools.fill(pool_id)
            except NoStockError as error:
                log.warning("pool %s is below its minimum: %s", pool_id, error)
                if self._stopping.wait(self._knobs.now.backoff_seconds):
                    return
            else:
                return


def _left(node: Node) -> float:
    """Seconds."""
    return max(0.0, (node.ends or 0.0) - time.time())
