"""What the settings' JSON schema says about a place in a stack file."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from infra.settings import Settings
from infra.settings.problem import choice

Schema = Mapping[str, Any]

_KINDS = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "object": "a map",
    "array": "a list",
}
ENTRIES = ("entry", "entries")
# The keywords of JSON schema that bound how much of something there is: least, most and the unit.
_COUNTED = {
    "array": ("minItems", "maxItems", ENTRIES),
    "object": ("minProperties", "maxProperties", ENTRIES),
    "string": ("minLength", "maxLength", ("character", "characters")),
}


@cache
def settings_schema() -> Schema:
    """Of the whole tree, keys in camelCase."""
    return Settings.model_json_schema()


def schema_at(path: Sequence[str | int]) -> Schema:
    """Of the value at a path below the project's keys; empty where the path leaves the tree."""
    schema = settings_schema()
    for part in path:
        schema = resolved(schema)
        if isinstance(part, int):
            schema = schema.get("items", {})
        else:
            properties = schema.get("properties", {})
            more = schema.get("additionalProperties") or next(iter(schema.get("patternProperties", {}).values()), None)
            schema = properties.get(part) or (more if isinstance(more, Mapping) else {})
    return resolved(schema)


def keys_at(path: Sequence[str | int]) -> list[str]:
    """The keys of the map at a path; empty where its keys are free."""
    return list(schema_at(path).get("properties", {}))


def allowed_at(path: Sequence[str | int]) -> str:
    """In words, with an example if there is one."""
    schema = schema_at(path)
    examples = schema.get("examples", [])
    return _words(schema) + (f", such as {examples[0]}" if examples else "")


def count(number: int, unit: tuple[str, str] | None) -> str:
    """A number with its unit, of which one and many differ."""
    return f"{number} {unit[number != 1]}" if unit else str(number)


def resolved(schema: Schema) -> Schema:
    """Follows a reference, and takes the one choice of an optional field that is not null; the words stay."""
    if "$ref" in schema:
        target = settings_schema()["$defs"][schema["$ref"].rsplit("/", 1)[1]]
        return {**resolved(target), **{key: value for key, value in schema.items() if key != "$ref"}}
    if "anyOf" in schema:
        one = next(option for option in schema["anyOf"] if option.get("type") != "null")
        return resolved({**one, **{key: value for key, value in schema.items() if key not in ("anyOf", "default")}})
    return schema


def _words(schema: Schema) -> str:
    if "allowed" in schema:
        return str(schema["allowed"])
    if "enum" in schema:
        return choice(schema["enum"])
    kind = schema.get("type", "")
    words = _KINDS.get(kind, "a value")
    if kind in _COUNTED:
        least, most, unit = _COUNTED[kind]
        words += _range(schema.get(least), schema.get(most), "with", unit)
    else:
        words += _range(schema.get("minimum"), schema.get("maximum"), "from", None)
    if "exclusiveMinimum" in schema:
        words += f" above {schema['exclusiveMinimum']}"
    return words + (f", each {_words(resolved(schema['items']))}" if "items" in schema else "")


def _range(low: int | None, high: int | None, preposition: str, unit: tuple[str, str] | None) -> str:
    if low is None and high is None:
        return ""
    if high is None:
        return f" {preposition} {count(low or 0, unit)} or more"
    return f" {preposition} {low or 0} to {count(high, unit)}"
