"""The pack between the engine and the rules: what it makes of what the engine tells."""

from types import SimpleNamespace
from typing import Any, cast

import pytest
from pulumi_policy import PolicyResource, ResourceValidationPolicy
from pulumi_policy.proxy import unknown_checking_proxy

from ops.plan.values import UNKNOWN
from ops.rules import RULES
from policy.pack import plain, plan, policies


def resource(type_: str, props: dict[str, Any]) -> PolicyResource:
    """As the engine's servicer makes them, as far as the pack looks at them."""
    proxied = unknown_checking_proxy(props)
    return cast(
        PolicyResource, SimpleNamespace(resource_type=type_, props=proxied, urn=f"urn:pulumi:dev::p::{type_}::x")
    )


def test_every_rule_is_a_policy_with_its_description() -> None:
    made = {
        policy.name: policy.description for policy in policies() if not isinstance(policy, ResourceValidationPolicy)
    }

    assert made == {rule.name: rule.description for rule in RULES}


@pytest.mark.parametrize(
    ("props", "expected"),
    [
        ({"a": UNKNOWN}, {"a": UNKNOWN}),
        ({"a": [UNKNOWN, {"b": 1.0}]}, {"a": [UNKNOWN, {"b": 1}]}),
        ({"a": 0.5, "b": True, "c": None}, {"a": 0.5, "b": True, "c": None}),
    ],
)
def test_unknown_values_can_be_read_and_whole_numbers_are_whole(
    props: dict[str, Any], expected: dict[str, Any]
) -> None:
    assert plain(unknown_checking_proxy(props)) == expected


def test_what_the_program_asked_for_counts_and_not_what_the_provider_gave_back() -> None:
    empty = resource("t", {})

    made = plan([empty], {empty.urn: {"asked": "for"}})

    assert made.resources[0].inputs == {"asked": "for"}


def test_production_and_budget_are_read_from_the_stacks_outputs() -> None:
    stack = resource("pulumi:pulumi:Stack", {"policy": {"production": True, "budget": {"maxHourly": 40.0}}})

    made = plan([stack], {})

    assert (made.production, made.budget.max_hourly, made.resources) == (True, 40, [])


def test_a_stack_that_says_nothing_about_itself_is_no_production_and_has_no_budget() -> None:
    made = plan([resource("pulumi:pulumi:Stack", {})], {})

    assert (made.production, made.budget.max_hourly) == (False, None)
