"""Every part of the program in one stack: up, unchanged, a canary, gone. The demo leaves most of them out."""

import itertools
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import yaml

from lab.cluster.api import KubernetesApi
from lab.cluster.commands import wait_until
from lab.cluster.places import Places
from lab.layout import Layout
from lab.lifecycle import bring_down, bring_up, control, left_in_account
from lab.timeline import wait_for_zero_nodes
from lab.tools.install import install_pulumi
from lab.tools.pulumi import FOLDER
from lab.workspace import Workspace, lab_environment
from ops.image import request_image
from ops.outputs import StackOutputs
from tests.engine.stacks import changed
from tests.lab.by_hand import Hand

pytestmark = pytest.mark.lab

EVERYTHING = Path(__file__).parents[1] / "engine" / "good" / "Pulumi.everything.yaml"
VIRTUAL = "virtual-kubelet-cn-shanghai-l"


class Everything:
    """The stack, on a lab that is up."""

    def __init__(self, layout: Layout, folder: Path):
        self.layout = layout
        self._file = folder / EVERYTHING.name
        self._file.write_text(EVERYTHING.read_text())
        self._workspace = Workspace(
            FOLDER / "stacks" / layout.name, self._file, install_pulumi(), lab_environment(layout)
        )

    def run(self, verb: str, *arguments: str) -> None:
        self._workspace.prepare()
        done = self._workspace.run(verb, arguments, capture=True)
        assert done.returncode == 0, (done.stdout + done.stderr)[-5000:]

    def change(self, **changes: object) -> None:
        """In the stack file; __ for each step down."""
        stack = yaml.safe_load(self._file.read_text())
        paths = {path.replace("__", "."): value for path, value in changes.items()}
        stack["config"] = changed(stack["config"], paths)
        self._file.write_text(yaml.safe_dump(stack))

    def outputs(self) -> StackOutputs:
        return StackOutputs.parse(self._workspace.outputs())

    def nodes_of(self, service: str) -> set[str]:
        """Where pods of a service run."""
        server = f"https://127.0.0.1:{self.layout.api_port}"
        api = KubernetesApi.connect(server, Places(self.layout).pki, "lab")
        pods = api.items(f"/api/v1/pods?labelSelector=serving.knative.dev/service={service}")
        return {pod["spec"].get("nodeName", "") for pod in pods}

    def kinds_of_nodes_of(self, service: str) -> set[str]:
        """The virtual node by its name, and GPU; "" for pods that wait for a node."""
        return {node if node in ("", VIRTUAL) else "GPU" for node in self.nodes_of(service)}

    @property
    def unknown_calls(self) -> list[str]:
        with control(self.layout) as account:
            unknown: list[str] = account.get("/lab/calls").raise_for_status().json()["unknown"]
        return unknown


@pytest.fixture(scope="module")
def stack(layout: Layout, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Everything]:
    bring_up(layout)
    stack = Everything(layout, tmp_path_factory.mktemp("everything"))
    stack.run("up", "--yes", "--skip-preview")
    yield stack
    bring_down(layout)


def test_what_is_up_shows_no_changes(stack: Everything) -> None:
    stack.run("preview", "--expect-no-changes")
    stack.run("refresh", "--yes", "--expect-no-changes")


def test_a_service_for_virtual_nodes_alone_answers_from_there(stack: Everything, tmp_path: Path) -> None:
    host = stack.outputs().services["instant"].host

    image = request_image(f"127.0.0.1:{stack.layout.gateway_port}", host, "a dog", tmp_path / "dog.png", 60)

    assert (image.width, image.height) == (512, 512)
    assert stack.nodes_of("instant") == {VIRTUAL}


def test_pods_that_find_no_gpu_node_go_to_virtual_ones_and_no_request_is_lost_when_nodes_go(
    stack: Everything, tmp_path: Path
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
            wait_until(lambda: stack.kinds_of_nodes_of("burst") == {"GPU", VIRTUAL}, "both are used", timeout=120)
            hand.set_the_gpu_pools_max(0)
            wait_for_zero_nodes(stack.layout, 180)
        finally:
            enough.set()
    hand.set_the_gpu_pools_max(3)

    assert all(image.result() > 1 for image in images)
    assert stack.nodes_of("burst") == {VIRTUAL}


def test_a_canary_takes_its_share_and_shows_no_changes_afterwards(stack: Everything) -> None:
    stack.change(services__ui__revision="v2", services__ui__traffic={"v1": 90, "v2": 10})

    stack.run("up", "--yes", "--skip-preview")

    stack.run("preview", "--expect-no-changes")


def test_a_destroy_leaves_nothing_and_the_account_knew_every_call(stack: Everything) -> None:
    stack.run("destroy", "--yes", "--skip-preview")

    assert left_in_account(stack.layout) == {}
    assert stack.unknown_calls == []
