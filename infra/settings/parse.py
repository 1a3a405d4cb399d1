"""From the raw values of a stack file to typed settings, as far as they can be had, and the problems met on the way."""

import json
from collections.abc import Mapping
from dataclasses import Field, dataclass, field, fields
from typing import Any, cast, get_origin

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from infra.settings import MoreCatalogue, Settings
from infra.settings.budget import Budget
from infra.settings.cluster import Cluster
from infra.settings.gateway import Gateway
from infra.settings.knative import Knative
from infra.settings.monitoring import Monitoring
from infra.settings.network import Network
from infra.settings.pools import GpuPool
from infra.settings.problem import Problem
from infra.settings.services import Service
from infra.settings.virtual_nodes import VirtualNodes
from infra.settings.wording import Wording


@dataclass(frozen=True)
class Draft:
    """The parts of a stack file that are right in themselves, so that the checks between parts can still say all
    there is to say about them. A broken section is None; broken pools and services are left out one by one.

    broken: top-level keys with a problem somewhere below.
    """

    network: Network | None = None
    cluster: Cluster | None = None
    virtual_nodes: VirtualNodes | None = None
    knative: Knative | None = None
    gateway: Gateway | None = None
    monitoring: Monitoring | None = None
    catalogue: MoreCatalogue | None = None
    budget: Budget | None = None
    gpu_pools: Mapping[str, GpuPool] = field(default_factory=dict)
    services: Mapping[str, Service] = field(default_factory=dict)
    broken: frozenset[str] = frozenset()


def parse(raw: Mapping[str, Any], wording: Wording) -> tuple[Settings | None, Draft, list[Problem]]:
    """Reads the project's keys of a stack file; settings only if there is no problem.

    raw: key → decoded value.
    """
    try:
        settings = Settings.model_validate_json(json.dumps(raw))
    except ValidationError as invalid:
        errors = _innermost(invalid.errors(include_url=False))
        return None, _draft(raw, [error["loc"] for error in errors]), [wording.problem(error) for error in errors]
    return settings, Draft(**{part.name: getattr(settings, part.name) for part in _parts()}), []


def _innermost(errors: list[ErrorDetails]) -> list[ErrorDetails]:
    """Without complaints about what holds the mistake: pydantic counts a list with a wrong entry as a shorter one."""
    outer = {error["loc"][:depth] for error in errors for depth in range(len(error["loc"]))}
    return [error for error in errors if error["loc"] not in outer]


def _parts() -> list[Field[Any]]:
    """What a draft has of the settings, by the same names."""
    return [part for part in fields(Draft) if part.name in Settings.model_fields]


def _draft(raw: Mapping[str, Any], wrong: list[tuple[int | str, ...]]) -> Draft:
    broken = frozenset(str(place[0]) for place in wrong)
    entries = frozenset(place[:2] for place in wrong)
    kept = {part.name: _kept(part.name, raw, broken, entries) for part in _parts()}
    return Draft(**{name: value for name, value in kept.items() if value is not None}, broken=broken)


def _kept(name: str, raw: Mapping[str, Any], broken: frozenset[str], wrong: frozenset[tuple[int | str, ...]]) -> Any:
    """The section or, where it is a map by names, its entries that are right in themselves; None: nothing."""
    info = Settings.model_fields[name]
    key, kind = str(info.alias), cast(Any, info.annotation)
    values = raw.get(key)
    if key not in broken:
        return TypeAdapter(kind).validate_json(json.dumps(values)) if key in raw else info.default
    if isinstance(values, Mapping) and get_origin(kind) is dict:
        right = {one: value for one, value in values.items() if (key, one) not in wrong}
        return TypeAdapter(kind).validate_json(json.dumps(right))
    return None
