"""Stack files drawn from the settings' own schema, and made right by taking away what the checks complain of."""

import copy
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from infra.catalogue import shipped
from infra.load import examine
from infra.settings.problem import Problem
from infra.settings.schema import Schema, resolved, schema_at
from infra.settings.wording import Wording
from tests.unit.infra.samples import NAMESPACE

REGION = "cn-shanghai"

Values = SearchStrategy[Any]
Place = tuple[str, ...]

_ANY = "*"
_TEXT = st.text(st.characters(codec="ascii", min_codepoint=33), min_size=1, max_size=12)
# Types of one pool must have a disk category in common.
_GPU_TYPES = [
    ["ecs.gn5-c4g1.xlarge", "ecs.gn5i-c8g1.2xlarge"],
    ["ecs.gn7i-c8g1.2xlarge", "ecs.gn7i-c16g1.4xlarge", "ecs.gn6i-c16g1.4xlarge", "ecs.gn8is.2xlarge"],
]
# Where a value must be one of those that another part of the file, or the account, has.
_KNOWN: Mapping[Place, Values] = {
    ("network",): st.lists(
        st.sampled_from(shipped().regions[REGION].zones), min_size=2, max_size=4, unique=True
    ).flatmap(lambda zones: _network(zones)),
    ("cluster", "version"): st.sampled_from([*shipped().versions, "1.36.1-aliyun.1"]),
    ("gpuPools", _ANY, "instanceTypes"): st.sampled_from(_GPU_TYPES).flatmap(
        lambda types: st.lists(st.sampled_from(types), min_size=1, unique=True)
    ),
    ("services", _ANY, "image"): st.just(f"registry.example.com/lab/sd@sha256:{'0' * 64}"),
    ("services", _ANY, "pool"): st.sampled_from(["gpu", "a10-spot"]),
    # Most else of these sections counts only with them.
    ("virtualNodes", "enabled"): st.just(True),
    ("monitoring", "prometheus"): st.just(True),
    # A shorter one would fit few services.
    ("gateway", "requestTimeoutSeconds"): st.just(600),
    ("catalogue",): st.just({}),
}
_MOST_REMOVALS = 100
_NAMES: Mapping[Place, Values] = {
    ("gpuPools",): st.sampled_from(["gpu", "a10-spot"]),
    ("services",): st.sampled_from(["ui", "api"]),
}
# Texts whose form a pattern does not say.
_BY_WORDS: Mapping[str, Values] = {
    "an IPv4 network: the bits after the prefix are zero": st.sampled_from(["192.168.0.0/20", "203.0.113.0/24"]),
    "cores, or thousandths of a core with an m": st.sampled_from(["500m", "1", "1500m", "2.5"]),
    "a whole number with Ki, Mi or Gi": st.sampled_from(["512Mi", "2Gi", "8Gi"]),
}


def right_stack_files(secret: frozenset[str] = frozenset()) -> SearchStrategy[dict[str, Any]]:
    """The project's keys of files that pass every check. secret: keys that count as encrypted."""
    return _values(()).map(lambda raw: _mended(raw, secret)).filter(bool)


def _mended(raw: Mapping[str, Any], secret: frozenset[str]) -> dict[str, Any]:
    """Without what the checks complain of; empty where that leaves nothing that is right."""
    kept = copy.deepcopy(dict(raw))
    for _ in range(_MOST_REMOVALS):
        loaded, problems, _ = examine(kept, REGION, Wording(NAMESPACE, secret))
        if loaded:
            return kept
        # One at a time: the next may be gone with it.
        _remove(kept, problems[0])
    return {}


def _remove(raw: dict[str, Any], problem: Problem) -> None:
    """The value that is wrong; where it is missing or a default, what it stands in."""
    path = [str(problem.path[0]).removeprefix(f"{NAMESPACE}:"), *problem.path[1:]]
    parents: list[tuple[dict[str, Any], str]] = []
    place: Any = raw
    for part in path:
        if not isinstance(place, dict):
            break
        parents.append((place, str(part)))
        place = place.get(str(part))
    holder, key = parents[-1]
    if key not in holder and len(parents) > 1:
        holder, key = parents[-2]
    holder.pop(key, None)


def _values(place: Place) -> Values:
    if place in _KNOWN:
        return _KNOWN[place]
    schema = schema_at(place)
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    return _BY_KIND[schema["type"]](place, schema)


def _map(place: Place, schema: Schema) -> Values:
    if "properties" in schema:
        required = schema.get("required", ())
        entries = {key: _values((*place, key)) for key in schema["properties"]}
        return st.fixed_dictionaries(
            {key: values for key, values in entries.items() if key in required},
            optional={key: values for key, values in entries.items() if key not in required},
        )
    least = schema.get("minProperties", 0)
    return st.dictionaries(_names(place, schema), _values((*place, _ANY)), min_size=least, max_size=2)


def _network(zones: Sequence[str]) -> Values:
    """An existing VPC must have vSwitches in these very zones."""
    vswitches = st.just({zone: f"vsw-uf6h3rbwbm90urjwa{place}" for place, zone in enumerate(zones)})
    existing = st.fixed_dictionaries(
        {"vpcId": st.just("vpc-uf6mdyccpwnlc0000"), "vswitches": vswitches, "podVswitches": vswitches}
    )
    return st.fixed_dictionaries(
        {"cidr": st.sampled_from(["10.0.0.0/8", "10.32.0.0/12"]), "zones": st.just(zones)},
        optional={"egressMbps": _values(("network", "egressMbps")), "existing": existing},
    )


def _names(place: Place, schema: Schema) -> Values:
    if place in _NAMES:
        return _NAMES[place]
    pattern = next(iter(schema.get("patternProperties", {})), None)
    return _matching(pattern) if pattern else _TEXT


def _list(place: Place, schema: Schema) -> Values:
    items = _items(place, schema)
    least = schema.get("minItems", 0)
    return st.lists(items, min_size=least, max_size=max(least, 2))


def _items(place: Place, schema: Schema) -> Values:
    inner = resolved(schema["items"])
    if "properties" in inner:
        required = inner.get("required", ())
        return st.fixed_dictionaries(
            {key: _text_or_choice(value) for key, value in inner["properties"].items() if key in required},
            optional={key: _text_or_choice(value) for key, value in inner["properties"].items() if key not in required},
        )
    return _text_or_choice(inner)


def _text_or_choice(schema: Schema) -> Values:
    schema = resolved(schema)
    return st.sampled_from(schema["enum"]) if "enum" in schema else _BY_KIND[schema["type"]]((), schema)


def _text(place: Place, schema: Schema) -> Values:
    if schema.get("allowed") in _BY_WORDS:
        return _BY_WORDS[schema["allowed"]]
    if "pattern" in schema:
        return _matching(schema["pattern"])
    return st.text(st.characters(codec="ascii", min_codepoint=33), min_size=schema.get("minLength", 1), max_size=12)


def _matching(pattern: str) -> Values:
    return st.from_regex(pattern, fullmatch=True, alphabet=st.characters(codec="ascii", min_codepoint=32))


def _whole(place: Place, schema: Schema) -> Values:
    return st.integers(schema.get("minimum", 0), schema.get("maximum", 1000))


def _number(place: Place, schema: Schema) -> Values:
    return st.integers(1, 1000).map(lambda tenths: tenths / 10)


_BY_KIND: Mapping[str, Callable[[Place, Schema], Values]] = {
    "object": _map,
    "array": _list,
    "string": _text,
    "integer": _whole,
    "number": _number,
    "boolean": lambda place, schema: st.booleans(),
}
