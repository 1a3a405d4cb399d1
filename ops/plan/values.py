"""Where the properties of a resource differ, and how to show a value to people."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

# The engine's own stand-ins in its JSON.
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
SECRET = "[secret]"
Path = tuple[str, ...]

_KEYS = ("name", "key", "port", "instanceType")
_LONGEST = 160
# Where everyone knows in which part of a Knative Service a field lies, the part only hides the field.
_PARTS: Sequence[Path] = (
    ("spec", "template", "metadata", "annotations"),
    ("spec", "template", "metadata", "labels"),
    ("metadata", "annotations"),
    ("metadata", "labels"),
    ("spec", "template", "spec"),
)


class _Nothing:
    """No value, which is something else than null."""

    def __repr__(self) -> str:
        return "NOTHING"


NOTHING = _Nothing()


@dataclass(frozen=True)
class PropertyChange:
    """path: keys, and `[name]` for an entry of a list; before, after: NOTHING where it is added or removed;
    fixed: it cannot be changed in place; follows: only because what it comes from is replaced."""

    path: Path
    before: Any
    after: Any
    fixed: bool = False
    follows: bool = False

    @property
    def label(self) -> str:
        hidden = next((len(part) for part in _PARTS if self.path[: len(part)] == part), 0)
        return ".".join(self.path[hidden:] or self.path).replace(".[", "[")


def differences(before: Any, after: Any, at: Path = ()) -> Iterator[PropertyChange]:
    """The leaves at which two values differ, in the order of their keys. Entries of a list are found by their name;
    where they have none, the list is one value."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in sorted(before.keys() | after.keys()):
            yield from differences(before.get(key, NOTHING), after.get(key, NOTHING), (*at, str(key)))
        return
    named_before, named_after = _by_name(before), _by_name(after)
    if named_before is not None and named_after is not None:
        yield from differences(named_before, named_after, at)
    elif before != after:
        yield PropertyChange(at, before, after)


def holds_unknown(value: Any) -> bool:
    if isinstance(value, Mapping):
        return any(map(holds_unknown, value.values()))
    return any(map(holds_unknown, value)) if isinstance(value, list) else value == UNKNOWN


def holds_secret(value: Any) -> bool:
    if isinstance(value, Mapping):
        return any(map(holds_secret, value.values()))
    return any(map(holds_secret, value)) if isinstance(value, list) else isinstance(value, str) and SECRET in value


def shown(value: Any) -> str:
    """One line at most 160 characters long; what only `up` will know and what is secret are called so."""
    if value is NOTHING:
        return "–"
    if value == UNKNOWN:
        return "(known after up)"
    if value == SECRET:
        return "(secret)"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)
    text = " ".join(text.replace(UNKNOWN, "(known after up)").split()) or '""'
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _by_name(value: Any) -> Mapping[str, Any] | None:
    """A list of maps by what each is called; None if it is no such list."""
    if not isinstance(value, Sequence) or isinstance(value, str) or not value:
        return {} if isinstance(value, list) else None
    for key in _KEYS:
        names = [str(one[key]) if isinstance(one, Mapping) and key in one else None for one in value]
        if None not in names and len(set(names)) == len(names):
            return {f"[{name}]": one for name, one in zip(names, value, strict=True)}
    return None
