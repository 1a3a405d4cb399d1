"""What is known about resource types: their names for people, what cannot be changed in place, what needs care."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter

from ops.plan.values import Path


class Kind(BaseModel):
    """replaced, deleted: what then happens, in words; a kind with them needs care. mend: how to avoid it. goes_with:
    types that take it along when they are replaced, though none of its properties says so."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    replaced: str = ""
    deleted: str = ""
    mend: str = ""
    goes_with: tuple[str, ...] = ()


def kind(type_: str) -> Kind:
    """Of a type without an entry: the last part of its token."""
    return _kinds().get(type_) or Kind(name=type_.rpartition(":")[2])


def weight(type_: str) -> int:
    """Where a type stands in the list: the gravest loss first."""
    return list(_kinds()).index(type_) if type_ in _kinds() else len(_kinds())


def is_fixed(type_: str, path: Path) -> bool:
    """Whether a change at that path replaces a resource of that type."""
    keys = tuple(part for part in path if not part.startswith("["))
    every = "kubernetes:*" if type_.startswith("kubernetes:") else ""
    fixed = [*_fixed().get(type_, ()), *_fixed().get(every, ())]
    return any(keys[: len(outer)] == outer for outer in (tuple(one.split(".")) for one in fixed))


def is_known(type_: str) -> bool:
    """Whether the table of fixed properties says anything about that type."""
    return type_ in _fixed() or type_.startswith("kubernetes:")


@cache
def _kinds() -> Mapping[str, Kind]:
    return TypeAdapter(dict[str, Kind]).validate_python(_read("kinds.yaml"))


@cache
def _fixed() -> Mapping[str, tuple[str, ...]]:
    return TypeAdapter(dict[str, tuple[str, ...]]).validate_python(_read("fixed_at_creation.yaml"))


def _read(name: str) -> Any:
    return yaml.safe_load(files("ops").joinpath("data", name).read_text(encoding="utf-8"))
