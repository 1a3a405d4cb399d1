"""A service whose GPUs are sold out or taken back."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import httpx

from lab.cluster.api import KubernetesApi
from lab.cluster.commands import wait_until
from lab.cluster.places import Places
from lab.layout import Layout
from lab.lifecycle import control
from ops.image import PATH
from tests.lab.by_hand import Hand

HOST = "stable-diffusion.default.example.com"
# For a machine that has much else to do.
PATIENCE_SECONDS = 240.0
BRISK = {"idle_seconds": 2, "backoff_seconds": 2, "notice_seconds": 0}


class Scarce:
    """The lab's commands for it, and a client of stack local's service."""

    def __init__(self, layout: Layout, workers: ThreadPoolExecutor):
        self._gateway = f"http://127.0.0.1:{layout.gateway_port}"
        self._account = control(layout)
        self._cluster = KubernetesApi.connect(f"https://127.0.0.1:{layout.api_port}", Places(layout).pki, "lab")
        self._workers = workers

    def sell_out(self, *shortages: dict[str, Any]) -> None:
        self._account.put("/lab/stock", json=shortages).raise_for_status()

    def take_back(self, node: str) -> None:
        self._account.post(f"/lab/fleet/{node}/reclaim").raise_for_status()

    def set(self, **settings: float) -> dict[str, Any]:
        """What was in force before."""
        before: dict[str, Any] = self._account.get("/lab/settings").json()
        self._account.put("/lab/settings", json=settings).raise_for_status()
        return before

    def ask(self) -> Future[int]:
        """The status that a request for an image gets."""
        return self._workers.submit(self._status)

    def wait_for_an_answer(self) -> None:
        """Until the gateway knows that a node is gone it may lead others there, and they are refused as well."""
        wait_until(lambda: self._status() == httpx.codes.OK, "a request is answered", timeout=PATIENCE_SECONDS)

    def gpu_nodes(self) -> list[str]:
        return [node["name"] for node in self._account.get("/lab/fleet").raise_for_status().json() if node["gpus"]]

    def wait_for_no_gpu_node(self) -> None:
        wait_until(lambda: not self.gpu_nodes(), "no GPU node is there", timeout=PATIENCE_SECONDS)

    def wait_until_gone(self, node: str) -> None:
        wait_until(lambda: node not in self.gpu_nodes(), f"{node} is gone", timeout=PATIENCE_SECONDS)

    def reason_to_wait(self) -> str:
        """Of a pod, in the autoscaler's words; returns once there is one."""
        wait_until(lambda: bool(self._told()), "a pod is told why it waits", timeout=PATIENCE_SECONDS)
        return self._told()[-1]

    def _told(self) -> list[str]:
        events = self._cluster.items("/api/v1/namespaces/default/events")
        return [event["message"] for event in events if event["reason"] == "FailedScaleUp"]

    def _status(self) -> int:
        with httpx.Client(trust_env=False, timeout=PATIENCE_SECONDS) as client:
            return client.post(f"{self._gateway}{PATH}", headers={"Host": HOST}, json={"prompt": "a dog"}).status_code


@contextmanager
def scarce(layout: Layout) -> Iterator[Scarce]:
    """With short waits, from zero GPU nodes, new ones at spot prices; afterwards all is as the program has it."""
    hand = Hand(layout)
    with ThreadPoolExecutor() as workers:
        lab = Scarce(layout, workers)
        before = lab.set(**BRISK)
        try:
            lab.wait_for_no_gpu_node()
            hand.buy_gpus("SpotAsPriceGo", "COST_OPTIMIZED")
            yield lab
        finally:
            lab.sell_out()
            hand.buy_gpus("NoSpot", "PRIORITY")
            lab.set(**{name: before[name] for name in BRISK})
