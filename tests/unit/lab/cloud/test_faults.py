"""Faults on demand: the plan, its counters, and what a client gets to see."""

import contextlib
import time
from typing import Any

import pytest

from tests.unit.lab.cloud.api import Api, RefusedError


def plan(api: Api, *faults: dict[str, Any]) -> None:
    api.lab("PUT", "/lab/faults", list(faults))


def struck(api: Api) -> list[int]:
    done: list[int] = api.lab("GET", "/lab/faults")["done"]
    return done


def vpcs(api: Api) -> list[str]:
    return list(api.lab("GET", "/lab/left").get("vpc", []))


@pytest.mark.parametrize(
    ("kind", "status", "code"), [("throttled", 400, "Throttling.User"), ("unavailable", 503, "ServiceUnavailable")]
)
def test_a_refusal_comes_as_often_as_planned_and_nothing_is_done_meanwhile(
    api: Api, kind: str, status: int, code: str
) -> None:
    plan(api, {"product": "vpc", "action": "CreateVpc", "kind": kind, "times": 2})

    for _ in range(2):
        with pytest.raises(RefusedError) as refused:
            api.vpc()
        assert (refused.value.status, refused.value.code) == (status, code)
    assert vpcs(api) == []

    api.vpc()
    assert struck(api) == [2]


def test_products_in_the_other_style_are_refused_in_their_own_spelling(api: Api) -> None:
    plan(api, {"product": "cs", "action": "GET /clusters*", "kind": "throttled"})

    with pytest.raises(RefusedError, match=r"'code': 'Throttling\.User'"):
        api.cs("GET", "/clusters/c1")


def test_calls_that_are_not_meant_are_served(api: Api) -> None:
    plan(api, {"product": "vpc", "action": "Delete*", "kind": "unavailable"})

    assert api.vpc()
    assert struck(api) == [0]


def test_the_first_calls_can_be_let_through(api: Api) -> None:
    plan(api, {"action": "CreateVpc", "kind": "unavailable", "skip": 1, "times": None})

    api.vpc()
    with pytest.raises(RefusedError):
        api.vpc()


def test_a_slow_call_is_served_late(api: Api) -> None:
    plan(api, {"action": "CreateVpc", "kind": "slow", "seconds": 0.05})

    start = time.monotonic()
    api.vpc()

    assert time.monotonic() - start >= 0.05


def test_an_answer_that_is_too_late_belongs_to_a_call_that_was_served_at_once(api: Api) -> None:
    plan(api, {"action": "CreateVpc", "kind": "timed-out", "seconds": 0.05})

    start = time.monotonic()
    made = api.vpc()

    assert time.monotonic() - start >= 0.05
    assert vpcs(api) == [made]


@pytest.mark.parametrize(("kind", "made"), [("reset", 0), ("answer-lost", 1)])
def test_a_broken_connection_leaves_open_whether_the_call_was_served(api: Api, kind: str, made: int) -> None:
    plan(api, {"action": "CreateVpc", "kind": kind})

    answer = api.send("POST", "vpc.cn-shanghai.aliyuncs.com", "/", {"Action": "CreateVpc", "CidrBlock": "10.0.0.0/8"})

    assert answer is None
    assert len(vpcs(api)) == made


def drawn(api: Api, seed: int) -> list[bool]:
    plan(api, {"action": "DescribeVpcs", "kind": "unavailable", "times": None, "chance": 0.5, "seed": seed})
    seen = []
    for _ in range(20):
        before = struck(api)
        with contextlib.suppress(RefusedError):
            api.rpc("vpc", "DescribeVpcs")
        seen.append(struck(api) != before)
    return seen


def test_the_same_seed_draws_the_same_faults(api: Api) -> None:
    first = drawn(api, 1)

    assert drawn(api, 1) == first
    assert drawn(api, 2) != first
    assert set(first) == {True, False}


def test_a_wrong_plan_is_refused_whole_and_the_old_one_stays(api: Api) -> None:
    plan(api, {"kind": "slow"})

    with pytest.raises(RefusedError) as refused:
        plan(api, {"kind": "unavailable"}, {"kind": "gone"})

    assert refused.value.status == 400
    assert [fault["kind"] for fault in api.lab("GET", "/lab/faults")["faults"]] == ["slow"]
