"""Programs of other people's that use the components, with the real engine."""

import json
from pathlib import Path

import pytest
import yaml

from lab.tools.pulumi import CHECKOUT, install
from lab.workspace import ACCOUNT, KEYS, Workspace

EXAMPLE = CHECKOUT / "examples" / "own-cluster"
# Nothing answers there: the plan must do without the cluster, as it does on a laptop outside its network.
NOWHERE = "https://127.0.0.1:9"
KUBECONFIG = yaml.safe_dump({
    "apiVersion": "v1",
    "kind": "Config",
    "current-context": "own",
    "clusters": [{"name": "own", "cluster": {"server": NOWHERE, "insecure-skip-tls-verify": True}}],
    "users": [{"name": "me", "user": {"token": "t0ken-of-mine"}}],
    "contexts": [{"name": "own", "context": {"cluster": "own", "user": "me"}}],
})  # fmt: skip
IMAGE = f"registry.example.com/sd@sha256:{'1' * 64}"

pytestmark = pytest.mark.engine


def plan(folder: Path, **config: str) -> tuple[int, str]:
    """Exit status and output of a preview of the example with this configuration and an encrypted kubeconfig."""
    file = folder / "Pulumi.studio.yaml"
    file.write_text(yaml.safe_dump({"config": {f"own-cluster:{key}": value for key, value in config.items()}}))
    environment = {**KEYS, **ACCOUNT}
    workspace = Workspace(folder / "workspace", file, install(), environment, checkout=EXAMPLE)
    workspace.prepare()
    encrypted = workspace.run("config", ["set", "--secret", "kubeconfig", "--", KUBECONFIG], capture=True)
    assert encrypted.returncode == 0, encrypted.stderr
    done = workspace.run("preview", ["--non-interactive", "--json"], capture=True)
    return done.returncode, done.stdout + done.stderr


def test_a_service_is_planned_for_a_cluster_of_ones_own_and_nothing_else(tmp_path: Path) -> None:
    status, output = plan(tmp_path, image=IMAGE)

    assert status == 0, output
    states = [step["newState"] for step in json.loads(output)["steps"]]
    custom = {state["urn"].rsplit("::", 1)[1]: state for state in states if state["custom"]}
    assert set(custom) == {"cluster", "studio-namespace", "stable-diffusion-service"}
    pod = custom["stable-diffusion-service"]["inputs"]["spec"]["template"]["spec"]
    assert pod["containers"][0]["image"] == IMAGE


def test_the_kubeconfig_is_shown_nowhere(tmp_path: Path) -> None:
    _, output = plan(tmp_path, image=IMAGE)

    assert "t0ken-of-mine" not in output


def test_an_image_is_asked_for(tmp_path: Path) -> None:
    status, output = plan(tmp_path)

    assert status != 0
    assert "image" in output
