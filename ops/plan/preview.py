"""What `pulumi preview --json` prints, as data."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

STACK_TYPE = "pulumi:pulumi:Stack"


class PreviewError(RuntimeError):
    """Why there is no plan in what was read, and where to get one."""


@dataclass(frozen=True)
class Resource:
    """One resource as the program asks for it.

    inputs: camelCase; depends: property → URNs of the resources its value comes from; aliases: URNs it had before;
    replace_on: properties whose change replaces it because the program says so; trigger: a value whose change does;
    protect: the engine refuses to delete or replace it;
    custom: False for components, which only group others.
    """

    urn: str
    type: str
    inputs: Mapping[str, Any] = field(default_factory=dict)
    depends: Mapping[str, Sequence[str]] = field(default_factory=dict)
    provider: str = ""
    aliases: Sequence[str] = ()
    replace_on: Sequence[str] = ()
    trigger: Any = None
    protect: bool = False
    custom: bool = True

    @property
    def name(self) -> str:
        return self.urn.rsplit("::", 1)[-1]

    @classmethod
    def of(cls, state: Mapping[str, Any]) -> Self:
        return cls(
            urn=state["urn"],
            type=state["type"],
            inputs=_plain(state.get("inputs") or {}),
            depends=state.get("propertyDependencies") or {},
            # The id behind the URN differs at every preview.
            provider=(state.get("provider") or "").rpartition("::")[0],
            aliases=tuple(state.get("aliases") or ()),
            replace_on=tuple(state.get("replaceOnChanges") or ()),
            trigger=state.get("replacementTrigger"),
            protect=bool(state.get("protect")),
            custom=bool(state.get("custom")),
        )


@dataclass(frozen=True)
class Step:
    """What the engine means to do with one resource.

    reasons: properties whose change makes it a replacement, as the provider says of a stack that exists.
    """

    op: str
    urn: str
    old: Resource | None = None
    new: Resource | None = None
    reasons: Sequence[str] = ()


@dataclass(frozen=True)
class Preview:
    """config: the stack's configuration, values as text, encrypted ones masked; errors: why there is no whole plan."""

    steps: Sequence[Step] = ()
    config: Mapping[str, str] = field(default_factory=dict)
    warnings: Sequence[str] = ()
    errors: Sequence[str] = ()

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises PreviewError."""
        try:
            data = json.loads(text)
            messages = [(one.get("severity"), _message(one)) for one in data.get("diagnostics") or []]
            return cls(
                steps=tuple(_step(one) for one in data.get("steps") or []),
                config=data.get("config") or {},
                warnings=tuple(message for severity, message in messages if severity == "warning"),
                errors=tuple(message for severity, message in messages if severity == "error"),
            )
        except (ValueError, KeyError, AttributeError, TypeError) as error:
            raise PreviewError(
                f"this is no plan ({error!r}): {text.strip()[:200] or 'it is empty'}; "
                "make one with `pulumi preview --json`, or `make preview STACK=… ARGS=--json`"
            ) from error

    @property
    def resources(self) -> Mapping[str, Resource]:
        """What there is once the plan is carried out, by URN, without the stack itself and components."""
        return {
            step.urn: step.new
            for step in self.steps
            if step.new and step.new.custom and step.new.type != STACK_TYPE and step.op not in ("delete", "read")
        }

    @property
    def former(self) -> "Preview":
        """What there is before the plan is carried out, as far as its steps tell."""
        steps = [Step("same", one.urn, new=one.old) for one in self.steps if one.old and one.op != "create-replacement"]
        return Preview(steps, self.config)

    def setting(self, key: str) -> Any:
        """A key of the project's own configuration, decoded; None if it is not set or encrypted as a whole."""
        found = [value for name, value in self.config.items() if name.rpartition(":")[2] == key and ":" in name]
        try:
            return json.loads(found[0]) if found else None
        except ValueError:
            return found[0]


def _step(step: Mapping[str, Any]) -> Step:
    old, new = step.get("oldState"), step.get("newState")
    return Step(
        op=step["op"],
        urn=step["urn"],
        old=Resource.of(old) if old else None,
        new=Resource.of(new) if new else None,
        reasons=tuple(step.get("replaceReasons") or ()),
    )


def _message(diagnostic: Mapping[str, Any]) -> str:
    text: str = diagnostic.get("message") or ""
    return text.strip().removeprefix("warning: ").removeprefix("error: ")


def _plain(value: Any) -> Any:
    """Without what SDK and bridge note down for themselves."""
    if isinstance(value, Mapping):
        return {key: _plain(one) for key, one in value.items() if key not in ("__defaults", "__internal")}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return value
