"""An engine that is killed while the cluster is made, then the account: the next `up` of each goes on from there."""

import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
import yaml

from lab.kills import kill_session
from lab.layout import Layout
from lab.lifecycle import bring_down, bring_up, control, left_in_account
from lab.recovery import cancel, recover
from lab.timeline import gpu_nodes, node_events
from lab.tools.install import install_pulumi
from lab.tools.pulumi import CHECKOUT, FOLDER
from lab.trials import counts, has_changes, until_it_works
from lab.workspace import Workspace, lab_environment
from ops.image import request_image
from ops.outputs import StackOutputs
from tests.engine.stacks import changed
from tests.lab.kills import kill_the_account

pytestmark = pytest.mark.lab
IMAGE_SECONDS = 180.0
# No pod at first: there is then no GPU node either, as long as nobody asks for an image.
SMALL = {"services.ui": None, "services.stable-diffusion.scaling.initialScale": 0}


@pytest.fixture(scope="module")
def workspace(layout: Layout, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    bring_down(layout)
    bring_up(layout)
    file = tmp_path_factory.mktemp("killed") / "Pulumi.local.yaml"
    stack = yaml.safe_load((CHECKOUT / file.name).read_text())
    file.write_text(yaml.safe_dump({**stack, "config": changed(stack["config"], SMALL)}), encoding="utf-8")
    workspace = Workspace(FOLDER / "stacks" / layout.name, file, install_pulumi(), lab_environment(layout))
    workspace.prepare()
    yield workspace
    bring_down(layout)


def test_a_killed_engines_cluster_is_adopted_and_nothing_is_made_twice(layout: Layout, workspace: Workspace) -> None:
    with workspace.start("up", ["--yes", "--skip-preview", "--non-interactive"]) as engine:
        run_until_the_cluster_is_asked_for(layout, engine)
        kill_session(engine.pid)
    cancel(workspace)

    assert recover(workspace) == 1
    assert recover(workspace) == 0, "nothing is left for a second time"
    until_it_works(workspace, "up", refresh=True)

    made = counts(layout)
    assert (made["cluster"], made["nat-gateway"], made["vpc"], made["eip"]) == (1, 1, 1, 1)


def test_a_killed_account_goes_on_with_the_stack_from_zero_nodes_to_an_image_and_a_destroy_leaves_nothing(
    layout: Layout, workspace: Workspace, tmp_path: Path
) -> None:
    before = left_in_account(layout)
    kill_the_account(layout)
    bring_up(layout)

    assert not has_changes(workspace)
    assert left_in_account(layout) == before
    host = StackOutputs.parse(workspace.outputs()).services["stable-diffusion"].host
    request_image(f"127.0.0.1:{layout.gateway_port}", host, "a dog", tmp_path / "dog.png", IMAGE_SECONDS)
    assert gpu_nodes(node_events(layout))
    until_it_works(workspace, "destroy")
    assert counts(layout) == {}


def run_until_the_cluster_is_asked_for(layout: Layout, engine: subprocess.Popen[bytes]) -> None:
    with control(layout) as client:
        while engine.poll() is None:
            calls = client.get("/lab/calls").raise_for_status().json()["calls"]
            if any(call["action"] == "POST /clusters" for call in calls):
                return
            with suppress(subprocess.TimeoutExpired):
                engine.wait(0.3)
    raise AssertionError("`up` ended before it asked for a cluster")
