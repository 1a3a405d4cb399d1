"""Reads and checks a stack's configuration, before anything is registered."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi.runtime.config import CONFIG, is_config_secret

from infra.advice import advice
from infra.catalogue import Catalogue, shipped
from infra.checks import check
from infra.checks.subject import Subject
from infra.settings import Settings
from infra.settings.parse import parse
from infra.settings.problem import Problem, choice, did_you_mean, report
from infra.settings.schema import schema_at
from infra.settings.wording import Wording

_REGION_KEY = "alicloud:region"


@dataclass(frozen=True)
class Loaded:
    """Settings that passed every check.

    catalogue: with what the stack file adds to it; secret: keys with encrypted values somewhere below them.
    """

    settings: Settings
    region: str
    catalogue: Catalogue
    secret: frozenset[str]


def load(config: pulumi.Config) -> Loaded:
    """Raises RunError with every problem of the stack file; logs what is allowed but probably not meant."""
    keys = _project_keys(config)
    secret = frozenset(key for key in keys if is_config_secret(config.full_key(key)))
    loaded, problems, warnings = examine(
        {key: _decoded(key, config.require(key)) for key in keys},
        pulumi.Config("alicloud").get("region"),
        Wording(config.name, secret),
    )
    if loaded is None:
        raise pulumi.RunError(report(problems, pulumi.get_stack()))
    for warning in warnings:
        pulumi.log.warn(warning)
    return loaded


def examine(
    raw: Mapping[str, Any], region: str | None, wording: Wording
) -> tuple[Loaded | None, list[Problem], list[str]]:
    """Settings, if there are no problems; the problems; and what is allowed but probably not meant.

    raw: the project's keys with their decoded values.
    """
    settings, draft, problems = parse(raw, wording)
    more = draft.catalogue
    catalogue = shipped().with_more(more.regions, more.gpu_types) if more else shipped()
    problems += _region_problems(region, catalogue)
    subject = Subject(draft, region if region in catalogue.regions else None, catalogue, wording)
    problems += check(subject)
    if settings is None or region is None or problems:
        return None, problems, []
    return Loaded(settings, region, catalogue, wording.secret), [], list(advice(subject))


def _region_problems(region: str | None, catalogue: Catalogue) -> list[Problem]:
    if region in catalogue.regions:
        return []
    mend = did_you_mean(region or "", catalogue.regions, "take one of these, or add it under catalogue.regions")
    found = "nothing" if region is None else f'"{region}"'
    return [Problem((_REGION_KEY,), found, choice(catalogue.regions), mend)]


def _project_keys(config: pulumi.Config) -> list[str]:
    """pulumi.Config answers for a key that is asked for, not which keys there are; a typo would go unseen."""
    prefix = f"{config.name}:"
    return [key.removeprefix(prefix) for key in CONFIG.get() if key.startswith(prefix)]


def _decoded(key: str, text: str) -> Any:
    """Pulumi hands over maps, lists and booleans as JSON. What is no JSON stays text, and is refused as such."""
    if schema_at((key,)).get("type") == "string":
        return text
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return text
