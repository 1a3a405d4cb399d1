"""Whatever stands in a stack file, it is answered with problems that mend, never with an exception."""

import copy
from collections.abc import Iterator
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from infra.load import examine
from infra.settings.schema import keys_at
from infra.settings.wording import Wording
from tests.unit.infra.samples import NAMESPACE, region_of, stack_file

FILE = "prod-singapore"
RAW = stack_file(FILE)
Path = tuple[str | int, ...]


def places(value: Any, path: Path = ()) -> Iterator[Path]:
    """Of every value in a stack file, and of keys that it does not have."""
    if path:
        yield path
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from places(inner, (*path, key))
        text = [str(part) for part in path]
        yield from ((*path, key) for key in keys_at(text) if key not in value)
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from places(inner, (*path, place))


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=8), inner, max_size=2),
    max_leaves=4,
)


def with_junk(place: Path, junk: Any) -> dict[str, Any]:
    raw = copy.deepcopy(RAW)
    holder: Any = raw
    for part in place[:-1]:
        holder = holder[part]
    holder[place[-1]] = junk
    return raw


@settings(max_examples=100, derandomize=True, database=None, deadline=None)
@given(place=st.sampled_from(sorted(places(RAW), key=str)), junk=JUNK)
def test_junk_in_one_place_is_told_with_what_is_allowed_and_how_to_mend_it(place: Path, junk: Any) -> None:
    result, problems, _ = examine(with_junk(place, junk), region_of(FILE), Wording(NAMESPACE))

    assert bool(result) is not bool(problems)
    for problem in problems:
        assert problem.path
        assert problem.found
        assert problem.allowed
        assert problem.mend


def test_there_are_many_places_to_make_a_mistake_in() -> None:
    found = {str(path[0]) for path in places(RAW)}

    assert found == set(keys_at(()))
