"""An engine that is killed when a call was served and not yet answered: what was made is adopted. The account alone is
up: there is no cluster."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from lab.cluster.commands import wait_until
from lab.kills import kill_session
from lab.layout import Layout
from lab.lifecycle import bring_down, bring_up, control
from lab.recovery import cancel, recover
from lab.tools.install import install_pulumi
from lab.tools.pulumi import CHECKOUT
from lab.trials import counts, has_changes, until_it_works
from lab.workspace import Workspace, lab_environment

pytestmark = pytest.mark.lab

# What makes objects that the account knows by name alone.
NAMED = ("CreateRole", "AttachPolicyToRole")
# Longer than a kill takes; the provider would wait for a minute.
LATE_SECONDS = 45
PROGRAM = "github-access"
SETTINGS = {"repository": "o/n", "fingerprint": "0" * 40, "deployEnvironments": ["prod"], "stateBucket": "states"}


@pytest.fixture
def workspace(layout: Layout, tmp_path: Path) -> Iterator[Workspace]:
    bring_down(layout)
    bring_up(layout)
    file = tmp_path / "Pulumi.account.yaml"
    config = {"alicloud:region": "cn-shanghai", **{f"{PROGRAM}:{key}": value for key, value in SETTINGS.items()}}
    file.write_text(yaml.safe_dump({"config": config}), encoding="utf-8")
    installed, program = install_pulumi(), CHECKOUT / "examples" / PROGRAM
    workspace = Workspace(tmp_path / "workspace", file, installed, lab_environment(layout), program)
    workspace.prepare()
    yield workspace
    bring_down(layout)


def test_roles_and_their_policies_are_adopted_by_their_names(layout: Layout, workspace: Workspace) -> None:
    adopted = {action: killed_at(action, layout, workspace) for action in NAMED}
    until_it_works(workspace, "up", refresh=True)

    assert min(adopted.values()) >= 1, adopted
    made = counts(layout)
    # A role for previews, one for deployments with a policy of the account's own for its state.
    assert (made["oidc-provider"], made["ram-role"], made["ram-policy"]) == (1, 2, 1)
    assert not has_changes(workspace)
    until_it_works(workspace, "destroy")
    assert counts(layout) == {}


def killed_at(action: str, layout: Layout, workspace: Workspace) -> int:
    """How many objects were adopted after an `up` that was killed at this call."""
    late = {"kind": "timed-out", "action": action, "seconds": LATE_SECONDS}
    with control(layout) as client:
        client.put("/lab/faults", json=[late]).raise_for_status()
        with workspace.start("up", ["--yes", "--skip-preview", "--non-interactive", "--refresh"]) as engine:
            wait_until(lambda: client.get("/lab/faults").json()["done"] == [1], f"{action} is asked for", timeout=300)
            kill_session(engine.pid)
        client.put("/lab/faults", json=[]).raise_for_status()
    cancel(workspace)
    return recover(workspace)
