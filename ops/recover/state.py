"""A stack's state as `pulumi stack export` prints it, and what the program wants beyond it.

Secrets stay as they are in it, encrypted.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from ops.recover.errors import RecoverError

# How a preview prints what it does not know yet and what it does not tell.
_UNKNOWN, _SECRET = "04da6b54-80e4-46f7-96ec-b56ff0331ba9", "[secret]"
_ENGINES_OWN = ("__defaults", "__internal")
_CREATING = "creating"


@dataclass(frozen=True)
class Wanted:
    """A resource that the program asks for. state: the engine's entry for it; pending: an engine died creating it."""

    state: Mapping[str, Any]
    pending: bool = False

    @property
    def urn(self) -> str:
        return str(self.state["urn"])

    @property
    def type(self) -> str:
        return str(self.state["type"])

    @property
    def name(self) -> str:
        return self.urn.rsplit("::", 1)[-1]

    @property
    def inputs(self) -> Mapping[str, Any]:
        plain: Mapping[str, Any] = _plain(self.state.get("inputs") or {})
        return plain

    def spare(self, number: int) -> "Wanted":
        """The same under a name that the program does not have: the next `up` deletes it."""
        return Wanted({**self.state, "urn": f"{self.urn}-spare-{number}", "protect": False, "aliases": []})

    @property
    def placed(self) -> bool:
        """Whether what it hangs on is there: else it cannot be either."""
        return _UNKNOWN not in self.inputs.values()

    @property
    def known(self) -> bool:
        """Whether every input is there to be written into the state."""
        text = json.dumps(self.state.get("inputs") or {})
        return _UNKNOWN not in text and _SECRET not in text


@dataclass(frozen=True)
class State:
    """What the engine knows."""

    document: Mapping[str, Any]

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises RecoverError."""
        try:
            document = json.loads(text)
            document["deployment"]["manifest"]
        except (ValueError, KeyError, TypeError) as error:
            raise RecoverError(f"this is no exported stack ({error!r}); `pulumi stack export` prints one") from error
        return cls(document)

    @property
    def resources(self) -> Sequence[Mapping[str, Any]]:
        return self.document["deployment"].get("resources") or []

    @property
    def operations(self) -> Sequence[Mapping[str, Any]]:
        """Those that an engine has not ended."""
        return self.document["deployment"].get("pending_operations") or []

    @property
    def region(self) -> str:
        """Raises RecoverError for a stack that has no provider yet: then it has made nothing either."""
        regions = {
            one["inputs"]["region"]
            for one in self.resources
            if one["type"] == "pulumi:providers:alicloud" and (one.get("inputs") or {}).get("region")
        }
        if len(regions) != 1:
            raise RecoverError(
                f"the state has {len(regions) or 'no'} regions ({', '.join(sorted(regions))}), and one is needed "
                "to ask the account. Mend: `pulumi up`, if the stack has made nothing yet"
            )
        return str(regions.pop())

    @property
    def held(self) -> Mapping[str, set[str]]:
        """Ids by type."""
        ids: dict[str, set[str]] = {}
        for one in self.resources:
            if one.get("id"):
                ids.setdefault(one["type"], set()).add(one["id"])
        return ids

    @property
    def made(self) -> Sequence[Wanted]:
        """The resources of providers."""
        return [Wanted(one) for one in self.resources if one.get("custom") and not one["type"].startswith("pulumi:")]

    @property
    def died_creating(self) -> Sequence[Wanted]:
        """Without what the state holds by now."""
        urns = self._urns
        return [
            Wanted(one["resource"], pending=True)
            for one in self.operations
            if one["type"] == _CREATING and one["resource"]["urn"] not in urns
        ]

    @property
    def died_changing(self) -> Sequence[str]:
        """URNs of what an engine died updating or deleting, as far as the state holds it still."""
        urns = self._urns
        changing = (one["resource"]["urn"] for one in self.operations if one["type"] != _CREATING)
        return [urn for urn in dict.fromkeys(changing) if urn in urns]

    def adopting(self, found: Iterable[tuple[Wanted, str]]) -> str:
        """The state with these resources and their ids in it, and without operations that have not ended.

        The outputs are the inputs until a refresh has read the object: with none at all the provider would take the
        inputs from the account too, and the next `up` would see changes where there are none.
        """
        added = [
            {**one.state, "id": identity, "provider": self._provider(one), "outputs": {**one.inputs, "id": identity}}
            for one, identity in found
        ]
        deployment = {
            **self.document["deployment"],
            "resources": [*self.resources, *added],
            "pending_operations": [],
        }
        return json.dumps({**self.document, "deployment": deployment})

    def can_hold(self, wanted: Wanted) -> bool:
        """Whether everything that the resource refers to is in the state."""
        urns = self._urns
        needs = [wanted.state.get("parent"), *(wanted.state.get("dependencies") or []), _provider_urn(wanted)]
        return all(urn in urns for urn in needs if urn)

    @property
    def _urns(self) -> set[str]:
        return {one["urn"] for one in self.resources}

    def _provider(self, wanted: Wanted) -> str:
        """A preview may give a provider another id than the state does."""
        urn = _provider_urn(wanted)
        identity = next(str(one["id"]) for one in self.resources if one["urn"] == urn)
        return f"{urn}::{identity}"


def planned(preview: str) -> Sequence[Wanted]:
    """What `pulumi preview --json` would create; nothing from what is no plan."""
    try:
        steps = json.loads(preview).get("steps") or []
    except ValueError:
        return []
    states = [step["newState"] for step in steps if step["op"] == "create" and step.get("newState")]
    return [Wanted(one) for one in states if one.get("custom") and not one["type"].startswith("pulumi:")]


def _provider_urn(wanted: Wanted) -> str:
    return str(wanted.state.get("provider") or "").rpartition("::")[0]


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(one) for key, one in value.items() if key not in _ENGINES_OWN}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return value
