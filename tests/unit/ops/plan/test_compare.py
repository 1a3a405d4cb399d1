"""What the difference of two plans would do to a stack that exists."""

import pytest

from ops.plan.changes import Change, Op
from ops.plan.compare import compare
from ops.plan.preview import Preview
from tests.unit.ops.plan.samples import (
    ALB,
    CLUSTER,
    KUBERNETES,
    POOL,
    SERVICE,
    SWITCH,
    UNKNOWN,
    VPC,
    created,
    pool,
    service,
    state,
    switch,
    urn,
)

VPC_STATE = state(VPC, "vpc", {"cidrBlock": "10.0.0.0/8"})


def changed(base: str, head: str) -> dict[str, Change]:
    return {change.name: change for change in compare(Preview.parse(base), Preview.parse(head))}


def test_the_same_plan_twice_changes_nothing() -> None:
    plan = created(VPC_STATE, switch("a", "10.0.0.0/20"))

    assert changed(plan, plan) == {}


def test_what_is_new_is_created_and_what_is_gone_is_deleted() -> None:
    changes = changed(created(switch("old", "10.0.0.0/20")), created(switch("new", "10.1.0.0/20")))

    assert {name: change.op for name, change in changes.items()} == {"old": Op.DELETE, "new": Op.CREATE}


def test_a_property_that_can_change_in_place_is_an_update_with_both_values() -> None:
    changes = changed(created(service("sd", {"max": "10"})), created(service("sd", {"max": "8"})))

    (one,) = changes["sd"].properties
    assert (changes["sd"].op, one.label, one.before, one.after) == (Op.UPDATE, "max", "10", "8")


def test_a_property_that_is_fixed_at_creation_replaces() -> None:
    changes = changed(created(switch("a", "10.0.0.0/20")), created(switch("a", "10.1.0.0/20")))

    assert changes["a"].op is Op.REPLACE
    assert [one.label for one in changes["a"].causes] == ["cidrBlock"]


def test_what_is_inside_something_replaced_is_replaced_with_it_and_says_so() -> None:
    base, head = (
        created(state(VPC, "vpc", {"userCidrs": [cidr]}), switch("a", "10.0.0.0/20"))
        for cidr in ("1.0.0.0/8", "2.0.0.0/8")
    )

    changes = changed(base, head)

    assert (changes["vpc"].op, changes["vpc"].follows) == (Op.REPLACE, False)
    assert (changes["a"].op, changes["a"].follows) == (Op.REPLACE, True)


def test_what_only_refers_to_something_replaced_is_updated() -> None:
    nodes = state(POOL, "p", {"vswitchIds": [UNKNOWN]}, propertyDependencies={"vswitchIds": [urn(SWITCH, "a")]})

    changes = changed(created(switch("a", "10.0.0.0/20"), nodes), created(switch("a", "10.1.0.0/20"), nodes))

    assert changes["p"].op is Op.UPDATE
    assert [one.follows for one in changes["p"].properties] == [True]


def test_what_is_in_a_cluster_that_is_replaced_goes_with_it() -> None:
    provider = state(
        KUBERNETES, "k", {"clusterIdentifier": UNKNOWN}, propertyDependencies={"clusterIdentifier": [urn(CLUSTER, "c")]}
    )
    inside = {**service("sd"), "provider": f"{urn(KUBERNETES, 'k')}::{UNKNOWN}"}
    base, head = (
        created(state(CLUSTER, "c", {"serviceCidr": cidr}), provider, inside)
        for cidr in ("172.21.0.0/20", "172.22.0.0/20")
    )

    assert {name: change.op for name, change in changed(base, head).items()} == dict.fromkeys("ck", Op.REPLACE) | {
        "sd": Op.REPLACE
    }


def test_what_the_program_itself_replaces_on_a_change_is_replaced() -> None:
    base, head = (
        created(state(VPC, "vpc", {"cidrBlock": cidr}, replaceOnChanges=["cidrBlock"]))
        for cidr in ("10.0.0.0/8", "172.16.0.0/12")
    )

    assert changed(base, head)["vpc"].op is Op.REPLACE


@pytest.mark.parametrize(
    ("before", "after", "op"), [("vpc-1", "vpc-2", Op.REPLACE), ("vpc-1", "vpc-1", None), (None, "vpc-1", None)]
)
def test_another_value_of_its_trigger_replaces_a_resource(before: str | None, after: str, op: Op | None) -> None:
    base, head = (created(state(CLUSTER, "c", replacementTrigger=vpc)) for vpc in (before, after))

    found = changed(base, head)

    assert [change.op for change in found.values()] == ([op] if op else [])


def test_a_cluster_goes_with_its_vpc() -> None:
    cluster = state(CLUSTER, "c", replacementTrigger=UNKNOWN)
    base, head = (created(state(VPC, "vpc", {"userCidrs": [one]}), cluster) for one in "ab")

    changes = changed(base, head)

    assert (changes["c"].op, changes["c"].follows) == (Op.REPLACE, True)


def test_a_resource_that_was_renamed_with_an_alias_is_the_same_one() -> None:
    renamed = {**pool("new"), "aliases": [urn(POOL, "old")]}

    assert changed(created(pool("old")), created(renamed)) == {}


def test_of_a_type_that_nothing_is_known_about_an_update_is_called_a_guess() -> None:
    strange = "alicloud:new/thing:Thing"

    changes = changed(created(state(strange, "x", {"a": 1})), created(state(strange, "x", {"a": 2})))

    assert changes["x"].is_guess


def test_what_loses_something_comes_first_and_creations_last() -> None:
    base = created(switch("a", "10.0.0.0/20"), service("sd", {"max": "1"}), state(ALB, "alb"))
    head = created(switch("a", "10.1.0.0/20"), service("sd", {"max": "2"}), pool("p"))

    ops = [change.op for change in compare(Preview.parse(base), Preview.parse(head))]

    assert ops == [Op.REPLACE, Op.DELETE, Op.UPDATE, Op.CREATE]


@pytest.mark.parametrize("type_", [SERVICE, ALB])
def test_a_kubernetes_object_under_another_name_is_another_object(type_: str) -> None:
    base, head = (created(state(type_, "x", {"metadata": {"name": name}})) for name in ("a", "b"))

    assert changed(base, head)["x"].op is Op.REPLACE
