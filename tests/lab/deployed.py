"""A stack of any stack file on a lab that is up, with what the lab's account has seen of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from lab.cluster.api import KubernetesApi
from lab.cluster.places import Places
from lab.layout import Layout
from lab.lifecycle import control, left_in_account
from lab.tools.install import install_pulumi
from lab.tools.pulumi import CHECKOUT, FOLDER
from lab.workspace import Workspace, lab_environment
from ops.outputs import StackOutputs
from tests.engine.stacks import NAMESPACE, changed


@dataclass(frozen=True)
class Seen:
    """By the account since it was made or reset. different: actions, whatever they were asked with."""

    different: int
    unknown: list[str]


class Deployed:
    """The engine's verbs on a copy of a stack file; checkout: whose program runs."""

    def __init__(self, layout: Layout, source: Path, folder: Path, checkout: Path = CHECKOUT):
        self.layout = layout
        self._file = folder / source.name
        self._file.write_text(source.read_text())
        self._workspace = Workspace(
            FOLDER / "stacks" / layout.name, self._file, install_pulumi(), lab_environment(layout), checkout
        )

    @property
    def settings(self) -> Mapping[str, Any]:
        """The program's own, by section."""
        config = yaml.safe_load(self._file.read_text())["config"]
        return {key.partition(":")[2]: value for key, value in config.items() if key.startswith(f"{NAMESPACE}:")}

    def up(self) -> None:
        self.run("up", "--yes", "--skip-preview")

    def destroy(self) -> None:
        self.run("destroy", "--yes", "--skip-preview")

    def expect_no_changes(self) -> None:
        """Neither from the program nor in the account and cluster."""
        self.run("preview", "--expect-no-changes")
        self.run("refresh", "--yes", "--expect-no-changes")

    def run(self, verb: str, *arguments: str) -> None:
        self._workspace.prepare()
        done = self._workspace.run(verb, arguments, capture=True)
        assert done.returncode == 0, (done.stdout + done.stderr)[-5000:]

    def acts_with(self, keys: Mapping[str, str]) -> None:
        """From now on; keys: by the names that the provider reads."""
        self._workspace.environment.update(keys)

    def change(self, **changes: object) -> None:
        """In the stack file; __ for each step down."""
        stack = yaml.safe_load(self._file.read_text())
        paths = {path.replace("__", "."): value for path, value in changes.items()}
        stack["config"] = changed(stack["config"], paths)
        self._file.write_text(yaml.safe_dump(stack))

    def outputs(self) -> StackOutputs:
        return StackOutputs.parse(self.plain_outputs())

    def plain_outputs(self) -> str:
        """As JSON, in the clear. Of the stack that acted last: stacks of a lab share a folder."""
        return self._workspace.outputs()

    def nodes_of(self, service: str) -> set[str]:
        """Where pods of a service run."""
        server = f"https://127.0.0.1:{self.layout.api_port}"
        api = KubernetesApi.connect(server, Places(self.layout).pki, "lab")
        pods = api.items(f"/api/v1/pods?labelSelector=serving.knative.dev/service={service}")
        return {pod["spec"].get("nodeName", "") for pod in pods}

    def objects(self) -> dict[str, list[str]]:
        return left_in_account(self.layout)

    def seen(self) -> Seen:
        with control(self.layout) as account:
            answer = account.get("/lab/calls").raise_for_status().json()
        return Seen(len({(call["product"], call["action"]) for call in answer["calls"]}), answer["unknown"])
