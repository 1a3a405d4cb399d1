"""The example that lets the workflows in, with the real engine and provider code."""

import json
from pathlib import Path

import pytest
import yaml

from lab.tools.pulumi import CHECKOUT, install
from lab.workspace import ACCOUNT, KEYS, Workspace

EXAMPLE = CHECKOUT / "examples" / "github-access"

pytestmark = pytest.mark.engine


def test_the_roles_and_their_provider_are_planned(tmp_path: Path) -> None:
    file = tmp_path / "Pulumi.account.yaml"
    config = {"repository": "someone/studio", "fingerprint": "0" * 40, "deployEnvironments": ["prod-shanghai"]}
    own = {f"github-access:{key}": value for key, value in config.items()}
    file.write_text(yaml.safe_dump({"config": {"alicloud:region": "cn-shanghai", **own}}), encoding="utf-8")
    workspace = Workspace(tmp_path / "workspace", file, install(), {**KEYS, **ACCOUNT}, checkout=EXAMPLE)
    workspace.prepare()

    done = workspace.run("preview", ["--non-interactive", "--json"], capture=True)

    assert done.returncode == 0, done.stdout + done.stderr
    planned = [step["newState"]["type"] for step in json.loads(done.stdout)["steps"]]
    assert planned.count("alicloud:ram/role:Role") == 2
    assert planned.count("alicloud:ims/oidcProvider:OidcProvider") == 1
