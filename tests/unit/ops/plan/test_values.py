"""Where two values differ, and how they are shown."""

from typing import Any

import pytest

from ops.plan.values import NOTHING, SECRET, UNKNOWN, PropertyChange, differences, shown


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({"a": 1}, {"a": 1}, []),
        ({"a": {"b": 1}}, {"a": {"b": 2}}, [("a.b", 1, 2)]),
        ({}, {"a": 1}, [("a", NOTHING, 1)]),
        ({"a": None}, {}, [("a", None, NOTHING)]),
        ({"a": ["x"]}, {"a": ["x", "y"]}, [("a", ["x"], ["x", "y"])]),
        ({"e": [{"name": "A", "value": 1}]}, {"e": [{"name": "A", "value": 2}]}, [("e[A].value", 1, 2)]),
        (
            {"e": [{"key": "A"}, {"key": "B"}]},
            {"e": [{"key": "B"}]},
            [("e[A]", {"key": "A"}, NOTHING)],
        ),
        ({"a": [{"x": 1}]}, {"a": [{"x": 2}]}, [("a", [{"x": 1}], [{"x": 2}])]),
        ({"a": UNKNOWN}, {"a": UNKNOWN}, []),
    ],
)
def test_differences_are_the_leaves_by_name(before: Any, after: Any, expected: list[tuple[str, Any, Any]]) -> None:
    found = [(one.label, one.before, one.after) for one in differences(before, after)]

    assert found == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (NOTHING, "–"),
        (UNKNOWN, "(known after up)"),
        (SECRET, "(secret)"),
        ("", '""'),
        (None, "null"),
        (True, "true"),
        (["b", UNKNOWN], '["b", "(known after up)"]'),
        ({"b": 1, "a": 2}, '{"a": 2, "b": 1}'),
        ("two\nlines", "two lines"),
    ],
)
def test_a_value_is_shown_on_one_line(value: Any, expected: str) -> None:
    assert shown(value) == expected


def test_a_long_value_is_cut() -> None:
    assert len(shown("x" * 500)) == 160


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (("spec", "template", "metadata", "annotations", "knative.dev/maxScale"), "knative.dev/maxScale"),
        (("spec", "template", "spec", "containers", "[ui]", "image"), "containers[ui].image"),
        (("spec", "listeners", "[80]", "port"), "spec.listeners[80].port"),
        (("metadata", "annotations"), "metadata.annotations"),
    ],
)
def test_a_path_is_as_short_as_its_reader_needs(path: tuple[str, ...], expected: str) -> None:
    assert PropertyChange(path, 1, 2).label == expected
