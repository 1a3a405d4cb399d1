"""Every part of the program in one stack: up, unchanged, a canary, gone. The demo leaves most of them out.

It is done as the workflows do it, with the keys of the roles that examples/github-access makes, and nothing else: what
their policies leave out is refused.
"""

import itertools
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from lab.cluster.commands import wait_until
from lab.layout import Layout
from lab.lifecycle import bring_down, bring_up
from lab.timeline import wait_for_zero_nodes
from ops.image import request_image
from tests.lab.by_hand import Hand
from tests.lab.deployed import Deployed
from tests.lab.roles import Roles

pytestmark = pytest.mark.lab

EVERYTHING = Path(__file__).parents[1] / "engine" / "good" / "Pulumi.everything.yaml"
VIRTUAL = "virtual-kubelet-cn-shanghai-l"


@pytest.fixture(scope="module")
def roles(layout: Layout, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Roles]:
    bring_up(layout)
    yield Roles(layout, tmp_path_factory.mktemp("roles"))
    bring_down(layout)


@pytest.fixture(scope="module")
def stack(layout: Layout, roles: Roles, tmp_path_factory: pytest.TempPathFactory) -> Deployed:
    stack = Deployed(layout, EVERYTHING, tmp_path_factory.mktemp("everything"))
    stack.acts_with(roles.keys("prod"))
    stack.up()
    return stack


def test_what_is_up_shows_no_changes_to_either_role(stack: Deployed, roles: Roles) -> None:
    stack.acts_with(roles.keys("preview"))
    try:
        stack.run("preview", "--refresh", "--expect-no-changes")
    finally:
        stack.acts_with(roles.keys("prod"))

    stack.run("refresh", "--yes", "--expect-no-changes")


def test_a_service_for_virtual_nodes_alone_answers_from_there(stack: Deployed, tmp_path: Path) -> None:
    host = stack.outputs().services["instant"].host

    image = request_image(f"127.0.0.1:{stack.layout.gateway_port}", host, "a dog", tmp_path / "dog.png", 60)

    assert (image.width, image.height) == (512, 512)
    assert stack.nodes_of("instant") == {VIRTUAL}


def test_pods_that_find_no_gpu_node_go_to_virtual_ones_and_no_request_is_lost_when_nodes_go(
    stack: Deployed, tmp_path: Path
) -> None:
    gateway, host = f"127.0.0.1:{stack.layout.gateway_port}", stack.outputs().services["burst"].host
    hand, enough = Hand(stack.layout), threading.Event()

    def ask(client: int) -> int:
        """How many images came; raises at the first that did not."""
        for number in itertools.count(1):
            request_image(gateway, host, "a dog", tmp_path / f"{client}.png", 120)
            if enough.is_set():
                return number
        return 0

    # A node of each of the two pools for three pods, one of which may be taken by another service.
    hand.set_the_gpu_pools_max(1)
    with ThreadPoolExecutor() as clients:
        images = [clients.submit(ask, client) for client in range(3)]
        try:
            wait_until(lambda: _kinds_of_nodes(stack, "burst") == {"GPU", VIRTUAL}, "both are used", timeout=120)
            hand.set_the_gpu_pools_max(0)
            wait_for_zero_nodes(stack.layout, 180)
        finally:
            enough.set()
    hand.set_the_gpu_pools_max(3)

    assert all(image.result() > 1 for image in images)
    assert stack.nodes_of("burst") == {VIRTUAL}


def test_a_canary_takes_its_share_and_shows_no_changes_afterwards(stack: Deployed) -> None:
    stack.change(services__ui__revision="v2", services__ui__traffic={"v1": 90, "v2": 10})

    stack.up()

    stack.run("preview", "--expect-no-changes")


def test_a_canary_is_promoted_without_another_revision(stack: Deployed) -> None:
    """Only the shares change; Knative refuses that if anything else of a named revision seems to."""
    stack.change(services__ui__traffic={"v2": 100})

    stack.up()

    stack.run("preview", "--refresh", "--expect-no-changes")


def test_a_destroy_leaves_nothing_and_the_account_knew_every_call(stack: Deployed, roles: Roles) -> None:
    stack.destroy()
    roles.stack.destroy()

    assert stack.objects() == {}
    assert stack.seen().unknown == []


def _kinds_of_nodes(stack: Deployed, service: str) -> set[str]:
    """Where its pods run: the virtual node by its name, and GPU; "" for pods that wait for a node."""
    return {node if node in ("", VIRTUAL) else "GPU" for node in stack.nodes_of(service)}
