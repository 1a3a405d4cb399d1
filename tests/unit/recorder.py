"""A recording engine: every resource that a program registers, as the real engine would have received it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pulumi
from pulumi.runtime import mocks, rpc

STACK_TYPE = "pulumi:pulumi:Stack"
# How a secret looks in the messages between program and engine (sdk/proto/…/resource.proto).
_SIGNATURE = "4dabf18193072939515e22adb298388d"
_SECRET = "1b47061264138c4ac30d75fd1eb44270"

Computed = Callable[["Registration"], Mapping[str, Any]]


@dataclass(frozen=True)
class Registration:
    """One resource. inputs: camelCase, numbers as floats, secrets in the clear, Unknown
    for what a preview cannot know; request: the message itself."""

    typ: str
    name: str
    inputs: Mapping[str, Any]
    request: Any

    @property
    def parent(self) -> str:
        """Name of the parent resource."""
        return name_of(self.request.parent)

    @property
    def dependencies(self) -> set[str]:
        """Names of the resources that it waits for."""
        return {name_of(urn) for urn in self.request.dependencies}

    @property
    def provider(self) -> str:
        """Name of its explicit provider, empty for the default one."""
        return name_of(self.request.provider.rsplit("::", 1)[0]) if self.request.provider else ""

    @property
    def secrets(self) -> set[str]:
        """Dotted paths of the inputs that are secret."""
        return set(_secret_paths(self.request.object, ""))


@dataclass
class Recorded:
    """What was registered, in order; outputs: what components report of themselves, by name, as messages."""

    registrations: list[Registration] = field(default_factory=list)
    outputs: dict[str, Any] = field(default_factory=dict)
    _by_key: dict[tuple[str, str], Registration] = field(default_factory=dict)

    def add(self, one: Registration) -> None:
        """The next registration."""
        self.registrations.append(one)
        self._by_key[one.typ, one.name] = one

    def only(self, typ: str) -> Registration:
        """The single resource of a type."""
        found = self.all(typ)
        assert len(found) == 1, f"{len(found)} resources of type {typ}: {[one.name for one in found]}"
        return found[0]

    def all(self, typ: str) -> list[Registration]:
        """The resources of a type."""
        return [one for one in self.registrations if one.typ == typ]

    def named(self, name: str) -> Registration:
        """The resource of a name."""
        (found,) = [one for one in self.registrations if one.name == name]
        return found

    def find(self, typ: str, name: str) -> Registration | None:
        """The resource of a type and name, if it is there."""
        return self._by_key.get((typ, name))

    @property
    def protected(self) -> set[str]:
        """Names of the resources that the engine refuses to delete or replace."""
        return {one.name for one in self.registrations if one.request.protect}

    def secret_outputs(self, name: str) -> set[str]:
        """Dotted paths of what a component reports as a secret."""
        return set(_secret_paths(self.outputs[name], ""))

    def waits_for(self, name: str) -> set[str]:
        """Names of all resources that must be there before that one, through any number of others."""
        seen: set[str] = set()
        todo = [name]
        while todo:
            for dependency in self.named(todo.pop()).dependencies - seen:
                seen.add(dependency)
                todo.append(dependency)
        return seen


@dataclass
class Cloud(pulumi.runtime.Mocks):
    """Answers with the inputs and what the real cloud would add.

    preview: answers as the first preview does, with the inputs alone and without an id.
    computed: per type, what is added; an `id` among it is the resource's. invokes: answers by token.
    """

    preview: bool
    computed: Mapping[str, Computed]
    invokes: Mapping[str, Mapping[str, Any]]
    recorded: Recorded = field(default_factory=Recorded)

    def new_resource(self, args: pulumi.runtime.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        one = self.recorded.find(args.typ, args.name)
        assert one, f"{args.name} is read, not registered: a preview must not need the cloud"
        if self.preview or not args.custom:
            return None, dict(one.inputs)
        added = self.computed.get(one.typ)
        state = {**one.inputs, **(added(one) if added else {})}
        return str(state.pop("id", f"{one.name}-id")), state

    def call(self, args: pulumi.runtime.MockCallArgs) -> tuple[dict[str, Any], list[tuple[str, str]] | None]:
        assert args.token in self.invokes, f"unexpected invoke {args.token}: a preview must not need the cloud"
        return dict(self.invokes[args.token]), []


class Monitor(mocks.MockMonitor):
    """Keeps each registration as it comes in, before it is answered."""

    def __init__(self, cloud: Cloud):
        super().__init__(cloud)
        self.recorded = cloud.recorded

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802 - the SDK calls it by this name
        if request.type != STACK_TYPE:
            twin = self.recorded.find(request.type, request.name)
            assert not twin, f"two resources of type {request.type} are named {request.name}: the engine refuses that"
            inputs = {
                key: rpc.unwrap_rpc_secret(value)
                for key, value in rpc.deserialize_properties(request.object, keep_unknowns=True).items()
            }
            self.recorded.add(Registration(request.type, request.name, inputs, request))
        return super().RegisterResource(request)  # type: ignore[no-untyped-call]  # the SDK's mocks are untyped

    def RegisterResourceOutputs(self, request: Any) -> Any:  # noqa: N802 - the SDK calls it by this name
        self.recorded.outputs[name_of(request.urn)] = request.outputs
        return super().RegisterResourceOutputs(request)  # type: ignore[no-untyped-call]  # the SDK's mocks are untyped


def name_of(urn: str) -> str:
    """The last part of a URN."""
    return urn.rsplit("::", 1)[-1]


def _secret_paths(struct: Any, path: str) -> list[str]:
    found: list[str] = []
    for key, value in struct.fields.items():
        found += _secret_paths_of_value(value, f"{path}.{key}" if path else key)
    return found


def _secret_paths_of_value(value: Any, path: str) -> list[str]:
    if value.WhichOneof("kind") == "list_value":
        return [
            found
            for place, item in enumerate(value.list_value.values)
            for found in _secret_paths_of_value(item, f"{path}.{place}")
        ]
    if value.WhichOneof("kind") != "struct_value":
        return []
    fields = value.struct_value.fields
    if _SIGNATURE in fields and fields[_SIGNATURE].string_value == _SECRET:
        return [path]
    return _secret_paths(value.struct_value, path)
