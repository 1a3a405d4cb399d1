"""As the workflows do it: a job of GitHub takes a role without a key, and pulumi keeps its state in OSS by that role.

The account alone is up: there is no cluster.
"""

import json
import os
import signal
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml

from lab.cluster.commands import wait_until
from lab.layout import Layout
from lab.lifecycle import bring_down, bring_up, control, left_in_account
from lab.tools.install import install_pulumi
from lab.tools.pulumi import CHECKOUT
from lab.workspace import Workspace, lab_environment, state_environment
from tests.lab.roles import ACCESS, REGION, keys_of_a_job

pytestmark = pytest.mark.lab

BUCKET = "states"
LOCKED = "the stack is currently locked by 1 lock"


class Program:
    """A program of this checkout with a stack of its own, whose state is in the lab's OSS."""

    def __init__(self, layout: Layout, folder: Path, name: str, config: Mapping[str, Any], keys: Mapping[str, str]):
        self._place = CHECKOUT / name
        file = folder / "Pulumi.dev.yaml"
        folder.mkdir()
        file.write_text(yaml.safe_dump({"config": {"alicloud:region": REGION, **config}}), encoding="utf-8")
        environment = {**lab_environment(layout), **state_environment(layout, BUCKET, REGION), **keys}
        self._workspace = Workspace(folder / "workspace", file, install_pulumi(), environment, self._place)
        self._workspace.prepare()

    def does(self, verb: str, *arguments: str, **environment: str) -> str:
        """What it prints. Raises AssertionError if it does not succeed."""
        done = self._run(verb, *arguments, **environment)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def fails(self, verb: str, *arguments: str, **environment: str) -> str:
        done = self._run(verb, *arguments, **environment)
        assert done.returncode != 0, done.stdout
        return done.stdout + done.stderr

    @contextmanager
    def cut_off(self, verb: str, *arguments: str) -> Iterator[None]:
        """Meanwhile it runs; then it and all its plugins are killed."""
        running = self._workspace.start(verb, arguments)
        try:
            yield
        finally:
            os.killpg(running.pid, signal.SIGKILL)
            running.wait()

    def _run(self, verb: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        config = ["--config-file", str(self._workspace.config)] if verb in ("up", "destroy", "preview") else []
        return subprocess.run(
            ["pulumi", *verb.split(), *arguments, "--stack", "dev", "--non-interactive", *config],
            cwd=self._place,
            env={**self._workspace.environment, **environment},
            text=True,
            capture_output=True,
        )


@pytest.fixture
def account(layout: Layout) -> Iterator[Layout]:
    """Up without a cluster, with a bucket."""
    bring_down(layout)
    bring_up(layout)
    with control(layout) as client:
        client.post("/lab/buckets", json={"name": BUCKET, "region": REGION}).raise_for_status()
    yield layout
    bring_down(layout)


def for_the_state(keys: Mapping[str, str]) -> dict[str, str]:
    """The same keys, by the names that the workflow's steps give to pulumi for its bucket."""
    key, secret, token = keys.values()
    return {"AWS_ACCESS_KEY_ID": key, "AWS_SECRET_ACCESS_KEY": secret, "AWS_SESSION_TOKEN": token}


@contextmanager
def held_up(layout: Layout, action: str) -> Iterator[Callable[[], bool]]:
    """The next call of the action does not come back; yields whether there was one."""
    with control(layout) as client:
        client.post("/lab/faults", json={"kind": "slow", "action": action, "seconds": 600}).raise_for_status()
        yield lambda: client.get("/lab/faults").json()["done"] == [1]
        client.put("/lab/faults", json=[]).raise_for_status()


def test_a_job_without_a_key_deploys_with_its_state_in_oss(account: Layout, tmp_path: Path) -> None:
    admin = Program(account, tmp_path / "access", "examples/github-access", {**ACCESS, "stateBucket": BUCKET}, {})
    admin.does("up", "--yes")
    access = json.loads(admin.does("stack output", "--json"))
    assert json.loads(admin.does("preview", "--refresh", "--json"))["changeSummary"].keys() == {"same"}

    preview, deploy = (keys_of_a_job(account, access, one) for one in ("preview", "prod"))
    network = Program(account, tmp_path / "network", "tests/lab/network", {}, {**deploy, **for_the_state(deploy)})
    assert '"AuthAction":"vpc:CreateVpc"' in network.fails("up", "--yes", **preview)
    network.does("up", "--yes")
    network.does("preview", "--refresh", "--expect-no-changes", **preview, **for_the_state(preview))
    assert "AccessDenied" in network.fails("up", "--yes", "--skip-preview", **preview, **for_the_state(preview))
    assert [one["result"] for one in json.loads(network.does("stack history", "--json"))] == ["succeeded", "failed"]
    exported = json.loads(network.does("stack export"))["deployment"]["resources"]
    assert left_in_account(account)["vpc"] == [one["id"] for one in exported if one["type"].endswith(":Network")]

    with held_up(account, "DescribeVpcAttribute") as begun, network.cut_off("refresh", "--yes", "--skip-preview"):
        wait_until(begun, "the refresh has begun", timeout=120)
        assert LOCKED in network.fails("up", "--yes", "--skip-preview")
    assert LOCKED in network.fails("up", "--yes", "--skip-preview")
    network.does("cancel", "--yes")

    unlike_oss = network.fails("stack tag set", "a", "b", AWS_REQUEST_CHECKSUM_CALCULATION="when_supported")
    assert "STREAMING-UNSIGNED-PAYLOAD-TRAILER is not supported" in unlike_oss

    network.does("destroy", "--yes")
    network.does("stack rm", "--yes")
    admin.does("destroy", "--yes")
    assert left_in_account(account) == {"oss-bucket": [BUCKET]}
