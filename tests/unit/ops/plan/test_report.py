"""Verdict, care and JSON of a report."""

import json
from typing import Any

import pytest

from ops.plan.changes import Op
from ops.plan.report import Report, StackReport, Verdict, against_state, offline
from tests.unit.ops.plan.samples import CLUSTER, VPC, created, document, pool, service, state, switch, urn

TAGS = {"project": "p", "stack": "dev", "managed-by": "pulumi"}


def tagged(one: dict[str, Any]) -> dict[str, Any]:
    return {**one, "inputs": {**one["inputs"], "tags": TAGS}}


BASE = created(tagged(pool("p")), service("sd", {"max": "1"}))


def test_a_stack_that_stays_the_same_is_unchanged() -> None:
    assert offline("dev", BASE, BASE).verdict is Verdict.SAME


def test_an_update_of_a_service_is_safe() -> None:
    assert offline("dev", BASE, created(tagged(pool("p")), service("sd", {"max": "2"}))).verdict is Verdict.SAFE


def test_losing_a_pool_needs_care() -> None:
    report = offline("dev", BASE, created(service("sd", {"max": "1"})))

    assert report.verdict is Verdict.CARE
    assert [(care.op, care.kind) for care in report.cares] == [(Op.DELETE, "node pool")]


def test_a_new_stack_has_no_cost_before() -> None:
    report = offline("new", None, BASE)

    assert (report.verdict, report.before, report.counts[Op.CREATE]) == (Verdict.SAFE, None, 2)


def test_a_stack_file_that_is_removed_deletes_nothing_and_needs_care_all_the_same() -> None:
    report = offline("old", BASE, None)

    assert (report.verdict, list(report.changes), report.removed) == (Verdict.CARE, [], True)


@pytest.mark.parametrize(
    "head",
    [
        "oops",
        document([], diagnostics=[{"severity": "error", "message": "no zone"}]),
        created({**pool("p"), "inputs": {"scalingConfig": 3}}),
        created({**pool("p"), "inputs": {"scalingConfig": {"maxSize": "many"}}}),
        created(pool("p"), config={"p:budget": '{"maxHourly": "lots"}'}),
    ],
)
def test_a_plan_that_cannot_be_read_says_why_and_ends_nothing_else(head: str) -> None:
    report = offline("dev", BASE, head)

    assert report.verdict is Verdict.BROKEN
    assert report.errors[0]


@pytest.mark.parametrize(("changed", "expected"), [(True, Verdict.REFUSED), (False, Verdict.SAME)])
def test_a_violation_refuses_a_change_of_its_stack_and_holds_up_no_other(changed: bool, expected: Verdict) -> None:
    bad = created(tagged(pool("p")), service("sd", {"max": "1"}, image="r.example.com/sd:latest"))
    worse = created(tagged(pool("p")), service("sd", {"max": "2"}, image="r.example.com/sd:latest"))

    assert offline("dev", bad, worse if changed else bad).verdict is expected


def test_a_plan_over_the_budget_is_refused() -> None:
    dear = created(tagged(pool("p", sizes=(0, 50))), config={"p:budget": '{"maxHourly": 40, "currency": "USD"}'})

    report = offline("dev", BASE, dear)

    assert report.verdict is Verdict.REFUSED
    assert "over the budget of 40 USD" in report.refusals[0].message


def test_what_falls_with_something_greater_is_told_with_it() -> None:
    inside = state(CLUSTER, "c", {"serviceCidr": "1"}), switch("a", "10.0.0.0/20")
    base, head = (created(state(VPC, "vpc", {"userCidrs": [one]}), *inside) for one in "ab")

    (care,) = offline("dev", base, head).cares

    assert (care.kind, [one.kind for one in care.with_it]) == ("VPC", ["vSwitch"])


def test_a_live_preview_is_judged_the_same_way() -> None:
    old, new = tagged(pool("p", sizes=(0, 1))), tagged(pool("p", sizes=(0, 3)))

    report = against_state("dev", document([{"op": "update", "urn": old["urn"], "oldState": old, "newState": new}]))

    assert report.verdict is Verdict.SAFE
    assert report.before
    assert report.after
    assert report.after.ceiling == pytest.approx(3 * report.before.ceiling)


def test_the_report_as_json_has_every_change_with_its_values() -> None:
    stack = offline("dev", BASE, created(tagged(pool("p")), service("sd", {"max": "2"})))

    written = json.loads(json.dumps(Report([stack]).to_json()))

    (one,) = written["stacks"]
    assert (one["verdict"], one["counts"]) == ("safe", {"create": 0, "update": 1, "replace": 0, "delete": 0})
    assert one["changes"][0]["properties"] == [{"path": "max", "from": "1", "to": "2", "fixed": False}]
    assert one["changes"][0]["urn"] == urn("kubernetes:serving.knative.dev/v1:Service", "sd")
    assert one["cost"]["after"]["currency"] == "USD"


def test_a_report_is_refused_if_one_stack_is() -> None:
    assert Report([StackReport("a"), StackReport("b", errors=["no"])]).refused
    assert not Report([StackReport("a")]).refused
