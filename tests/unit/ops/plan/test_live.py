"""A preview against a stack that exists: the engine's own words."""

from collections.abc import Mapping
from typing import Any

import pytest

from ops.plan.changes import Change, Op
from ops.plan.live import changes_of
from ops.plan.preview import Preview
from tests.unit.ops.plan.samples import CLUSTER, POOL, SWITCH, document, pool, state, switch, urn


def step(op: str, old: Mapping[str, Any] | None, new: Mapping[str, Any] | None, **more: Any) -> dict[str, Any]:
    both = {"oldState": old, "newState": new}
    return {"op": op, "urn": (new or old or {})["urn"], **{key: one for key, one in both.items() if one}, **more}


def changes(*steps: Mapping[str, Any]) -> list[Change]:
    return changes_of(Preview.parse(document(steps)))


def test_what_stays_the_same_is_no_change() -> None:
    assert changes(step("same", pool("p"), pool("p"))) == []


@pytest.mark.parametrize(
    ("op", "old", "new", "expected"),
    [
        ("create", None, pool("p"), Op.CREATE),
        ("update", pool("p", sizes=(0, 2)), pool("p", sizes=(0, 3)), Op.UPDATE),
        ("delete", pool("p"), None, Op.DELETE),
    ],
)
def test_each_step_is_a_change(op: str, old: Any, new: Any, expected: Op) -> None:
    (change,) = changes(step(op, old, new))

    assert change.op is expected


def test_the_three_steps_of_a_replacement_are_one_change_with_its_reason() -> None:
    old, new = switch("a", "10.0.0.0/20"), switch("a", "10.1.0.0/20")
    steps = [step(op, old, new, replaceReasons=["cidrBlock"]) for op in ("create-replacement", "replace")]

    (change,) = changes(*steps, step("delete-replaced", old, None))

    assert (change.op, [one.label for one in change.causes]) == (Op.REPLACE, ["cidrBlock"])


def test_a_reason_that_no_input_explains_is_named_all_the_same() -> None:
    same = state(SWITCH, "a", {"cidrBlock": "10.0.0.0/20"})

    (change,) = changes(step("replace", same, same, replaceReasons=["vpcId"]))

    assert [one.label for one in change.causes] == ["vpcId"]


def test_a_replacement_by_its_trigger_shows_the_trigger() -> None:
    old, new = (state(CLUSTER, "c", replacementTrigger=vpc) for vpc in ("vpc-1", "vpc-2"))

    (change,) = changes(step("replace", old, new))

    assert [(one.label, one.before, one.after) for one in change.causes] == [("replacement trigger", "vpc-1", "vpc-2")]


def test_components_do_not_count() -> None:
    component = {"urn": urn("project:components:Network", "n"), "type": "project:components:Network", "custom": False}

    assert changes(step("update", component, component)) == []


def test_what_there_was_before_is_known_from_the_old_states() -> None:
    preview = Preview.parse(
        document([step("update", pool("p", sizes=(0, 2)), pool("p", sizes=(0, 3))), step("create", None, pool("q"))])
    )

    assert list(preview.former.resources) == [urn(POOL, "p")]
    assert set(preview.resources) == {urn(POOL, "p"), urn(POOL, "q")}
