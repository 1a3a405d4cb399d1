"""A stack that is up on the lab: what the engine plans for a change, and what an update then does."""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from lab.layout import Layout
from lab.tools.install import install_pulumi
from lab.tools.pulumi import CHECKOUT, FOLDER
from lab.workspace import Workspace, lab_environment
from tests.engine.stacks import NAMESPACE, changed

COMPONENT = "ack-stable-diffusion:components:"
# A replacement is three steps of the engine.
VERBS = {"create-replacement": "replace", "delete-replaced": "replace"}
UNCHANGED = ("same", "read", "refresh")

Changes = Mapping[str, Any]
"""Dotted path in the stack file → new value; None removes; an object {secret: text} is encrypted."""
Plan = Mapping[str, Sequence[str]]
"""create, update, replace, delete: names of resources, sorted; components and what stays the same left out."""


class RefusedError(Exception):
    """The engine or the program says no; the message is all that was printed."""


class LiveStack:
    """Stack `local` with changes. Each one is judged against what the last update left."""

    def __init__(self, layout: Layout, folder: Path):
        self._config: Mapping[str, Any] = yaml.safe_load((CHECKOUT / "Pulumi.local.yaml").read_text())
        self._file = folder / "Pulumi.local.yaml"
        self._workspace = Workspace(
            FOLDER / "stacks" / layout.name, self._file, install_pulumi(), lab_environment(layout)
        )

    def plan(self, changes: Changes) -> Plan:
        """What an update with these settings would do. Raises RefusedError."""
        self._write(changes)
        return plan_of(json.loads(self._run("preview", "--json"))["steps"])

    def drift(self) -> Mapping[str, Sequence[str]]:
        """What others have changed: resource → properties that an update would put back."""
        self._write({})
        steps = json.loads(self._run("preview", "--refresh", "--json"))["steps"]
        return {_name(step): sorted(step["detailedDiff"]) for step in steps if _changes(step)}

    def update(self, changes: Changes, *arguments: str) -> Plan:
        """Makes the update, for good; what it did. Raises RefusedError."""
        self._write(changes)
        events = map(json.loads, self._run("up", "--yes", "--skip-preview", "--json", *arguments).splitlines())
        self._config = yaml.safe_load(self._workspace.config.read_text())
        return plan_of(event["resourcePreEvent"]["metadata"] for event in events if "resourcePreEvent" in event)

    def _write(self, changes: Changes) -> None:
        secrets = {path: value["secret"] for path, value in changes.items() if _is_secret(value)}
        config = changed(
            self._config["config"], {path: value for path, value in changes.items() if path not in secrets}
        )
        self._file.write_text(yaml.safe_dump({**self._config, "config": config}), encoding="utf-8")
        self._workspace.prepare()
        for path, text in secrets.items():
            self._run("config", "set", "--secret", "--path", f"{NAMESPACE}:{path}", text)

    def _run(self, verb: str, *arguments: str) -> str:
        done = self._workspace.run(verb, arguments, capture=True)
        if done.returncode:
            raise RefusedError(_said(done.stdout) or done.stdout + done.stderr)
        return done.stdout


def plan_of(steps: Iterable[Mapping[str, Any]]) -> Plan:
    """From the engine's own words, each with op and urn."""
    names: dict[str, set[str]] = {}
    for step in steps:
        if _changes(step):
            names.setdefault(VERBS.get(step["op"], step["op"]), set()).add(_name(step))
    return {verb: sorted(one) for verb, one in names.items()}


def _changes(step: Mapping[str, Any]) -> bool:
    kind = str(step["urn"]).split("::")[-2].rsplit("$", 1)[-1]
    return step["op"] not in UNCHANGED and not kind.startswith(COMPONENT)


def _name(step: Mapping[str, Any]) -> str:
    return str(step["urn"]).rsplit("::", 1)[-1]


def _is_secret(value: object) -> bool:
    return isinstance(value, dict) and set(value) == {"secret"}


def _said(output: str) -> str:
    """Errors of a failed `preview --json`; nothing for any other output."""
    try:
        return "\n".join(one["message"] for one in json.loads(output)["diagnostics"])
    except (ValueError, KeyError):
        return ""
