"""Registered Kubernetes objects against their kinds' schemas: an API server would drop unknown fields silently."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import kubernetes_validate

from tests.unit.recorder import Registration

VERSION = "1.35"
# What these programs extend Kubernetes with; no schema of it is public, or it takes any field.
WITHOUT_SCHEMA = frozenset({"AlbConfig", "ResourcePolicy"})

_KNATIVE_SERVICE = Path(__file__).with_name("schemas") / "knative-service.json"


def schema_mistakes(one: Registration) -> list[str]:
    """What the kind's schema refuses; raises KeyError for a kind without one that is not known to have none."""
    manifest = _without_floats(one.inputs)
    manifest.pop("status", None)
    if manifest["kind"] in WITHOUT_SCHEMA:
        return []
    if manifest["apiVersion"] == "serving.knative.dev/v1":
        return [f"{one.name}: {error.json_path}: {error.message}" for error in _knative().iter_errors(manifest)]
    try:
        kubernetes_validate.validate(manifest, VERSION, strict=True)
    except kubernetes_validate.ValidationError as error:
        return [f"{one.name}: {error.message}"]
    except kubernetes_validate.SchemaNotFoundError as error:
        raise KeyError(f"{manifest['apiVersion']} {manifest['kind']} has no schema") from error
    return []


@cache
def _knative() -> Any:
    return jsonschema.Draft7Validator(json.loads(_KNATIVE_SERVICE.read_text(encoding="utf-8")))


def _without_floats(value: Any) -> Any:
    """The engine's messages have no whole numbers."""
    if isinstance(value, dict):
        return {key: _without_floats(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_without_floats(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value
