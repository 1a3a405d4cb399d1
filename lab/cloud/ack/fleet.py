"""Nodes: ordered, booting, ready, leaving. The only place that adds nodes to the cluster or takes them out."""

import logging
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future, wait
from functools import partial
from typing import Literal

from pydantic import BaseModel

from lab.cloud.ack.demand import demand
from lab.cloud.ack.journal import Journal
from lab.cloud.ack.purchases import Purchase
from lab.cloud.background import background
from lab.cloud.errors import ApiError
from lab.cloud.naming import now
from lab.cloud.settings import Knobs
from lab.cloud.store import Collection, Store
from lab.hands import Hands, NodeSpec, Taint

log = logging.getLogger(__name__)

# The lab's cluster derives addresses and folders of a node from this number.
NUMBERS = range(1, 61)
# As the cluster autoscaler marks a node that it is about to give back.
GOING = Taint("ToBeDeletedByClusterAutoscaler", "", "NoSchedule")


class Node(BaseModel):
    """ends: when it is taken back, in seconds since 1970; None: nobody has announced that."""

    name: str
    number: int
    cluster_id: str
    pool_id: str
    purchase: Purchase
    gpus: int
    state: Literal["ordered", "ready", "leaving"] = "ordered"
    ordered: str
    ends: float | None = None


class Fleet:
    def __init__(self, store: Store, hands: Hands, knobs: Knobs) -> None:
        self._store = store
        self._hands = hands
        self._knobs = knobs
        self._boots: dict[str, Future[None]] = {}
        self._departures: set[Future[None]] = set()
        self._faults: Counter[str] = Counter()
        self._stopping = threading.Event()
        self.journal = Journal(store)
        self._nodes = Collection(store, "node", Node, "ErrorNodeNotFound")

    def nodes(self, pool_id: str | None = None) -> list[Node]:
        return [node for node in self._nodes.all() if pool_id in (None, node.pool_id)]

    def faults(self, pool_id: str) -> int:
        """How many nodes of the pool the cluster has refused so far."""
        return self._faults[pool_id]

    def order(
        self, cluster_id: str, pool_id: str, region: str, purchase: Purchase, spec: Callable[[str], NodeSpec]
    ) -> Future[None]:
        """The node counts at once; the future ends when it is Ready, or raises what kept it from joining."""
        with self._store.transaction():
            taken = {node.number for node in self._nodes.all()}
            number = next((number for number in NUMBERS if number not in taken), None)
            if number is None:
                raise ApiError("QuotaExceeded.Node", f"the lab has room for {len(NUMBERS)} nodes: give some back first")
            ordered = spec(f"{region}.10.200.0.{number}")
            node = Node(
                name=ordered.name,
                number=number,
                cluster_id=cluster_id,
                pool_id=pool_id,
                purchase=purchase,
                gpus=ordered.gpus,
                ordered=now(),
            )
            self._nodes.put(node.name, node)
            self.journal.add(node.name, node.gpus, "ordered")
            self._boots[node.name] = background(f"boot {node.name}", self._boot, cluster_id, ordered)
            return self._boots[node.name]

    def goes_on(self, node: Node) -> bool:
        """Whether that node is there, and no other of its name."""
        found = self._nodes.find(node.name)
        return found is not None and (found.ordered, found.ends) == (node.ordered, node.ends)

    def drop(self, name: str, drain_seconds: float | None = None) -> Future[None]:
        """Drain a node and take it out; one that still boots finishes first.

        drain_seconds: if that is less than the settings say. A node that cannot be taken out stays listed.
        """
        with self._store.transaction():
            if node := self._nodes.find(name):
                self._nodes.change(name, state="leaving")
                self.journal.add(name, node.gpus, "leaving")
        most = self._knobs.now.drain_seconds
        return self._departure(name, partial(self._leave, most if drain_seconds is None else min(most, drain_seconds)))

    def announce(self, name: str, ends: float) -> Node:
        """Note when a node is taken back. Raises ApiError unless it was bought at a spot price and nobody has yet."""
        with self._store.transaction():
            node = self._nodes.get(name)
            if not node.purchase.spot:
                raise ApiError(
                    "IncorrectInstanceStatus", f"{name} was not bought at a spot price: it is never taken back"
                )
            if node.ends is not None or node.state == "leaving":
                raise ApiError("IncorrectInstanceStatus", f"{name} is on its way out already")
            self.journal.add(name, node.gpus, "announced")
            return self._nodes.change(name, ends=ends)

    def give_back(self, name: str) -> Future[None]:
        """Take an idle node out, unless pods have come meanwhile: then it stays."""
        with self._store.transaction():
            if self._nodes.find(name):
                self._nodes.change(name, state="leaving")
        return self._departure(name, self._leave_if_idle)

    def forget(self, cluster_id: str) -> None:
        """Drop the records of a cluster that takes its nodes along; returns once no node comes or goes any more."""
        wait(list(self._departures))
        # At once: a boot that fails takes its record away itself.
        with self._store.transaction():
            mine = [node for node in self.nodes() if node.cluster_id == cluster_id]
            for node in mine:
                self._nodes.change(node.name, state="leaving")
        wait([boot for node in mine if (boot := self._boots.pop(node.name, None))])
        # The autoscaler may have given one back since.
        wait(list(self._departures))
        for node in mine:
            self._gone(node.name, node.gpus)

    def recover(self, cluster_id: str) -> None:
        """After a restart: drops nodes that were about to join or leave, and those that have died meanwhile.

        Returns once they are gone.
        """
        departures = []
        for node in (node for node in self.nodes() if node.cluster_id == cluster_id):
            alive = self._hands.node_runs(cluster_id, node.name)
            if not alive or node.state != "ready":
                log.warning("node %s was %s%s: it goes", node.name, node.state, "" if alive else " and does not run")
                departures.append(self.drop(node.name, None if alive else 0))
        wait(departures)

    def settle(self) -> None:
        """Returns once no node boots or leaves any more."""
        wait(list(self._boots.values()))
        wait(list(self._departures))

    def stop(self) -> None:
        """Nodes that have not begun to join will not."""
        self._stopping.set()

    def _boot(self, cluster_id: str, spec: NodeSpec) -> None:
        self._stopping.wait(self._knobs.now.node_boot_seconds)
        node = self._nodes.find(spec.name)
        if node is None or node.state == "leaving" or self._stopping.is_set():
            self._gone(spec.name, spec.gpus)
            raise RuntimeError(f"node {spec.name} was given back before it joined")
        try:
            log.info("node %s joins", spec.name)
            self._hands.add_node(cluster_id, spec)
        except Exception:
            self._faults[node.pool_id] += 1
            self._clear_away(cluster_id, spec)
            raise
        with self._store.transaction():
            node = self._nodes.find(spec.name)
            if node is not None and node.state == "ordered":
                self._nodes.change(spec.name, state="ready")
                self.journal.add(spec.name, spec.gpus, "ready")

    def _gone(self, name: str, gpus: int) -> None:
        self._nodes.remove(name)
        self.journal.add(name, gpus, "gone")

    def _clear_away(self, cluster_id: str, spec: NodeSpec) -> None:
        """What a failed boot left; its own reason matters more than what goes wrong here."""
        try:
            self._hands.remove_node(cluster_id, spec.name)
        except Exception:
            log.exception("node %s did not join and could not be cleared away", spec.name)
        self._gone(spec.name, spec.gpus)

    def _departure(self, name: str, leave: Callable[[str], None]) -> Future[None]:
        departure = background(f"leave {name}", leave, name)
        self._departures.add(departure)
        departure.add_done_callback(self._departures.discard)
        return departure

    def _leave_if_idle(self, name: str) -> None:
        node = self._nodes.find(name)
        if node is None:
            return
        try:
            stays = self._gets_pods(node)
        except RuntimeError as error:
            # Given back again once it has been idle for as long as now.
            log.warning("node %s stays: %s", name, error)
            stays = True
        if stays:
            self._nodes.change(name, state="ready")
            return
        self.journal.add(name, node.gpus, "leaving")
        self._leave(self._knobs.now.drain_seconds, name)

    def _gets_pods(self, node: Node) -> bool:
        """Not from now on, unless one has come meanwhile.

        The taint comes first: a pod that is placed after it was looked for would be lost.
        """
        self._hands.taint_node(node.cluster_id, node.name, GOING)
        if not any(one.holds(node.name) for one in map(demand, self._hands.pods(node.cluster_id))):
            return False
        log.info("node %s stays: a pod has come meanwhile", node.name)
        self._hands.untaint_node(node.cluster_id, node.name, GOING.key)
        return True

    def _leave(self, drain_seconds: float, name: str) -> None:
        if boot := self._boots.pop(name, None):
            wait([boot])
        node = self._nodes.find(name)
        if node is not None:
            log.info("node %s leaves", name)
            self._hands.remove_node(node.cluster_id, name, drain_seconds)
            self._gone(name, node.gpus)
