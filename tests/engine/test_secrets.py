"""Encrypted values of a stack file on their way through the real engine."""

import json
from typing import Any

import pytest
from pulumi.runtime.rpc import UNKNOWN

from tests.engine.refusals import RIGHT
from tests.engine.stacks import Previews, changed

PASSWORD = "correct horse"
TOKEN = "t0ken-of-a-model-hub"

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def encrypted(tmp_path_factory: pytest.TempPathFactory) -> Previews:
    """A stack file that was refused for its password in clear text, and was then mended as the refusal says."""
    previews = Previews(tmp_path_factory.mktemp("secrets"))
    refused = previews(changed(RIGHT, {"services.sd.login": {"user": "studio", "password": PASSWORD}}))
    assert "pulumi config set --secret --path 'services.sd.login.password'" in refused.stdout
    previews.encrypt("services.sd.login.password", PASSWORD)
    previews.encrypt("services.sd.env.TOKEN", TOKEN)
    return previews


@pytest.fixture(scope="module")
def plan(encrypted: Previews) -> Any:
    done = encrypted.again("--json")
    assert done.returncode == 0, done.stdout
    return json.loads(done.stdout)


@pytest.mark.parametrize("form", [(), ("--diff",), ("--json",)])
def test_no_form_of_a_preview_shows_what_is_encrypted(encrypted: Previews, form: tuple[str, ...]) -> None:
    done = encrypted.again(*form)

    assert done.returncode == 0, done.stdout
    assert PASSWORD not in done.stdout + done.stderr
    assert TOKEN not in done.stdout + done.stderr


def test_the_plan_says_where_there_is_a_secret(plan: Any) -> None:
    inputs = {step["urn"].rsplit("::", 1)[1]: step["newState"].get("inputs", {}) for step in plan["steps"]}

    env = {one["name"]: one for one in inputs["sd-service"]["spec"]["template"]["spec"]["containers"][0]["env"]}
    assert inputs["sd-login"]["stringData"] == "[secret]"
    assert env["TOKEN"]["value"] == "[secret]"


def test_no_service_is_sent_to_a_secret_called_none(plan: Any) -> None:
    """Its name is made up by the provider: a preview may know it or not, and a program may take None for it."""
    inputs = {step["urn"].rsplit("::", 1)[1]: step["newState"].get("inputs", {}) for step in plan["steps"]}

    env = {one["name"]: one for one in inputs["sd-service"]["spec"]["template"]["spec"]["containers"][0]["env"]}
    name = env["SD_LOGIN"]["valueFrom"]["secretKeyRef"]["name"]
    assert name == UNKNOWN or name.startswith("sd-login-")


def test_the_kubeconfig_is_no_text_of_the_plan(plan: Any) -> None:
    (provider,) = [step for step in plan["steps"] if step["urn"].endswith("::ack-kubernetes")]

    assert "certificate-authority" not in json.dumps(plan)
    assert "apiVersion: v1" not in json.dumps(provider)
