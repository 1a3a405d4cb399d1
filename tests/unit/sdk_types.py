"""Registered inputs against the SDK's own type hints: the SDK takes wrong types and unknown keys without a word.

Uses private parts of pulumi._types, which is why pulumi is pinned.
"""

import collections.abc
import importlib
import inspect
import json
import re
import types
import typing
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pulumi
from pulumi import _types
from pulumi.output import Unknown

from tests.unit.recorder import Registration

_SCALARS: Mapping[type, Callable[[Any], bool]] = {
    bool: lambda value: isinstance(value, bool),
    int: lambda value: _is_number(value) and value == int(value),
    float: lambda value: _is_number(value),
    str: lambda value: isinstance(value, str),
}


def mistakes(one: Registration) -> list[str]:
    """What the resource's class would not take: unknown properties, wrong types, required ones that are missing."""
    args = _args_class(one.typ)
    if args is None:
        return [f"{one.typ} has no class in the SDK"]
    inputs = _decoded(one.inputs) if one.typ.startswith("pulumi:providers:") else one.inputs
    return list(_object(inputs, args, one.name))


def _decoded(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """A provider is sent everything but text as JSON."""
    return {key: json.loads(value) if value in ("true", "false") else value for key, value in inputs.items()}


def _args_class(typ: str) -> type | None:
    """Of a resource type. Kinds without a class of their own, such as a Knative Service, are CustomResources."""
    package, module, kind = typ.split(":")
    if package == "pulumi":
        package, typ = kind, f"pulumi:providers:{kind}"
        return _named(importlib.import_module(f"pulumi_{package}.provider"), "Provider")
    found = _classes(f"pulumi_{package}").get(typ)
    if found:
        resource = getattr(importlib.import_module(found[0]), found[1])
        return _named(importlib.import_module(resource.__module__), found[1])
    if package == "kubernetes" and "." in module:
        return _named(importlib.import_module("pulumi_kubernetes.apiextensions"), "CustomResource")
    return None


def _named(module: Any, resource: str) -> type | None:
    """XxxInitArgs where XxxArgs is taken by a nested type of the same name."""
    found: type | None = getattr(module, f"{resource}InitArgs", None) or getattr(module, f"{resource}Args", None)
    return found


@cache
def _classes(package: str) -> dict[str, tuple[str, str]]:
    """Type token → module and class, from the table in the SDK's own __init__.py."""
    source = Path(str(importlib.import_module(package).__file__)).read_text(encoding="utf-8")
    table = re.search(r'resource_modules="""(.*?)"""', source, re.DOTALL)
    assert table, f"{package} has no table of resources: is its generator a new one?"
    return {
        token: (module["fqn"], name)
        for module in json.loads(table.group(1))
        for token, name in module["classes"].items()
    }


def _object(value: Any, cls: type, path: str) -> Iterator[str]:
    if not isinstance(value, Mapping):
        yield f"{path}: wants {cls.__name__}, is {value!r}"
        return
    hints = {pulumi_name: (name, hint) for name, pulumi_name, hint in _properties(cls)}
    for key, item in value.items():
        if key not in hints:
            yield f"{path}.{key}: no property of {cls.__name__}"
        else:
            yield from _value(item, hints[key][1], f"{path}.{key}")
    for key, (name, _) in hints.items():
        if name in _required(cls) and key not in value:
            yield f"{path}.{key}: required by {cls.__name__}"


@cache
def _properties(cls: type) -> list[tuple[str, str, Any]]:
    hints = _types.input_type_types(cls)
    return [(name, pulumi_name, hints.get(pulumi_name)) for name, pulumi_name, _ in _types._py_properties(cls)]


@cache
def _required(cls: type) -> set[str]:
    parameters = inspect.signature(cls.__init__).parameters.values()  # type: ignore[misc]  # only read, never called
    return {one.name for one in parameters if one.kind is one.KEYWORD_ONLY and one.default is inspect.Parameter.empty}


def _value(value: Any, hint: Any, path: str) -> Iterator[str]:
    """Right for one of the hint's alternatives, or wrong in the way that is wrong least often."""
    if isinstance(value, Unknown):
        return
    attempts = [list(_alternative(value, one, path)) for one in _alternatives(hint)]
    if value is not None and attempts:
        yield from min(attempts, key=len)


def _alternatives(hint: Any) -> list[Any]:
    """Of Input[X], Optional and unions: the plain types. The TypedDict twin of an Args class says the same again."""
    if typing.get_origin(hint) not in (typing.Union, types.UnionType):
        typed_dict = isinstance(hint, type) and hasattr(hint, "__total__")
        wrapped = typing.get_origin(hint) in (collections.abc.Awaitable, pulumi.Output)
        return [] if wrapped or typed_dict or hint is type(None) or hint is None else [hint]
    return [plain for one in typing.get_args(hint) for plain in _alternatives(one)]


def _alternative(value: Any, hint: Any, path: str) -> Iterator[str]:
    origin = typing.get_origin(hint)
    if origin in (list, collections.abc.Sequence):
        if not isinstance(value, list):
            yield f"{path}: wants a list, is {value!r}"
            return
        for place, item in enumerate(value):
            yield from _value(item, typing.get_args(hint)[0], f"{path}[{place}]")
    elif origin in (dict, collections.abc.Mapping):
        if not isinstance(value, Mapping):
            yield f"{path}: wants a map, is {value!r}"
            return
        for key, item in value.items():
            yield from _value(item, typing.get_args(hint)[1], f"{path}.{key}")
    elif isinstance(hint, type) and _types.is_input_type(hint):
        yield from _object(value, hint, path)
    elif hint in _SCALARS and not _SCALARS[hint](value):
        yield f"{path}: wants {hint.__name__}, is {value!r}"


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
