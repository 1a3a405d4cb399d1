"""From the raw values of a stack file to typed settings, as far as they can be had, and the problems met on the way."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from infra.settings import MoreCatalogue, Settings
from infra.settings.platform import Cluster, Gateway, GpuPool, Knative, Network
from infra.settings.problem import Problem
from infra.settings.section import Section
from infra.settings.services import Service
from infra.settings.wording import Wording

T = TypeVar("T", bound=Section)


@dataclass(frozen=True)
class Draft:
    """The parts of a stack file that are right in themselves, so that the checks between parts can still say all
    there is to say about them. A broken section is None; broken pools and services are left out one by one.

    broken: top-level keys with a problem somewhere below.
    """

    network: Network | None = None
    cluster: Cluster | None = None
    knative: Knative | None = None
    gateway: Gateway | None = None
    catalogue: MoreCatalogue | None = None
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
    names = ("network", "cluster", "knative", "gateway", "catalogue", "gpu_pools", "services")
    return settings, Draft(**{name: getattr(settings, name) for name in names}), []


def _innermost(errors: list[ErrorDetails]) -> list[ErrorDetails]:
    """Without complaints about what holds the mistake: pydantic counts a list with a wrong entry as a shorter one."""
    outer = {error["loc"][:depth] for error in errors for depth in range(len(error["loc"]))}
    return [error for error in errors if error["loc"] not in outer]


def _draft(raw: Mapping[str, Any], wrong: list[tuple[int | str, ...]]) -> Draft:
    broken = frozenset(str(place[0]) for place in wrong)
    entries = frozenset(place[:2] for place in wrong)
    return Draft(
        network=_section(Network, raw, "network", broken),
        cluster=_section(Cluster, raw, "cluster", broken),
        knative=_section(Knative, raw, "knative", broken),
        gateway=_section(Gateway, raw, "gateway", broken),
        catalogue=_section(MoreCatalogue, raw, "catalogue", broken),
        gpu_pools=_entries(GpuPool, raw, "gpuPools", entries),
        services=_entries(Service, raw, "services", entries),
        broken=broken,
    )


def _section(kind: type, raw: Mapping[str, Any], key: str, broken: frozenset[str]) -> T | None:
    return None if key in broken else _typed(kind, raw.get(key, {}))


def _entries(kind: type, raw: Mapping[str, Any], key: str, wrong: frozenset[tuple[int | str, ...]]) -> dict[str, T]:
    entries = raw.get(key)
    if not isinstance(entries, Mapping):
        return {}
    return {name: _typed(kind, entry) for name, entry in entries.items() if (key, name) not in wrong}


def _typed(kind: type[T], value: Any) -> T:
    return kind.model_validate_json(json.dumps(value))
