"""pydantic's errors in the words of a stack file."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pydantic_core import ErrorDetails

from infra.settings.moved import moved
from infra.settings.problem import Path, Problem, choice, did_you_mean
from infra.settings.schema import ENTRIES, allowed_at, count, keys_at, schema_at

_HIDDEN = "[secret]"
_ALWAYS_HIDDEN_KEYS = {"password"}
# What is right but for its quotes.
_SCALARS = {
    "integer": re.compile(r"-?\d+"),
    "number": re.compile(r"-?\d+(\.\d+)?"),
    "boolean": re.compile(r"true|false"),
}


@dataclass(frozen=True)
class Wording:
    """namespace: what the stack file puts before the keys; secret: keys with encrypted values somewhere below them:
    which of their texts are encrypted cannot be told, so no message shows any."""

    namespace: str
    secret: frozenset[str] = frozenset()

    def at(self, *place: str | int) -> Path:
        """A path below the project's keys as the stack file shows it."""
        return (f"{self.namespace}:{place[0]}", *place[1:])

    def shown(self, key: str, text: str) -> str:
        """A text below a top-level key, unless it might be an encrypted one."""
        return _HIDDEN if key in self.secret else _shown(text)

    def problem(self, error: ErrorDetails) -> Problem:
        """One error of one field."""
        if error["loc"][-1] == "[key]":
            place = error["loc"][:-1]
            words = schema_at(place[:-1]).get("propertyNames", {}).get("allowed", "another name")
            return Problem(self.at(*place), "a key of the wrong form", words, "rename it")
        place = error["loc"]
        if error["type"] == "extra_forbidden":
            known = keys_at(place[:-1])
            mend = moved(place) or did_you_mean(str(place[-1]), known, "remove it")
            return Problem(self.at(*place), "not a known key", choice(known), mend)
        if error["type"] == "missing":
            return Problem(self.at(*place), "nothing", allowed_at(place), _add(place))
        value = error["input"]
        found = _HIDDEN if self._hidden(place, value) else _shown(value)
        return Problem(self.at(*place), found, allowed_at(place), _mend(place, value, found))

    def _hidden(self, place: Sequence[str | int], value: Any) -> bool:
        return place[-1] in _ALWAYS_HIDDEN_KEYS or (place[0] in self.secret and isinstance(value, str))


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return "a map" if value else "an empty map"
    if isinstance(value, list):
        return f"a list with {count(len(value), ENTRIES)}" if value else "an empty list"
    return json.dumps(value, ensure_ascii=False)


def _add(place: Sequence[str | int]) -> str:
    """With the first sentence of its description."""
    about = " ".join(schema_at(place).get("description", "").split())
    return f"add {place[-1]}" + (f": {about.split('. ')[0].rstrip('.')}" if about else "")


def _mend(place: Sequence[str | int], value: Any, found: str) -> str:
    schema = schema_at(place)
    kind = schema.get("type")
    if kind in _SCALARS and isinstance(value, str):
        if not _SCALARS[kind].fullmatch(value):
            return f"write {allowed_at(place)}, without quotes"
        return f"write it without quotes: {value}" if found != _HIDDEN else "write it without quotes"
    if kind == "string" and isinstance(value, bool | int | float):
        return f'write it in quotes: "{json.dumps(value)}"' if found != _HIDDEN else "write it in quotes"
    if kind == "array" and not isinstance(value, list):
        return f"write it as a list: [{value}]" if found != _HIDDEN else "write it as a list"
    if kind == "object" and not isinstance(value, dict):
        return "write its keys below it, indented"
    if "enum" in schema:
        return did_you_mean(str(value), schema["enum"], "take one of these")
    if kind in ("array", "object"):
        return "add an entry" if not value else "add or remove entries"
    return "correct the value"
