"""Each rule with a plan that trips it and one that passes it."""

from typing import Any

import pytest

from ops.cost.budget import Budget
from ops.plan.preview import Resource
from ops.rules import RULES, Finding, Level, Plan, judge
from ops.rules.rule import NO_BUDGET
from tests.unit.ops.plan.samples import ALB, CLUSTER, UNKNOWN, VPC, pool, service, state
from tests.unit.ops.plan.test_report import TAGS, tagged

LOCAL = state("kubernetes:core/v1:ConfigMapPatch", "c", {"data": {"registries-skipping-tag-resolving": "dev.local"}})
GPU_LABEL = [{"key": "gpu", "value": "true"}]
SPOT: dict[str, Any] = {"spotStrategy": "SpotWithPriceLimit", "labels": GPU_LABEL, "tags": TAGS}


def findings(*states: dict[str, Any], production: bool = False, budget: Budget = NO_BUDGET) -> list[Finding]:
    return list(judge(Plan([Resource.of(one) for one in states], production, budget)))


def alb(address_type: str = "Internet", **listener: Any) -> dict[str, Any]:
    return state(
        ALB, "alb", {"spec": {"config": {"addressType": address_type}, "listeners": [{"port": 80, **listener}]}}
    )


def cluster(**inputs: Any) -> dict[str, Any]:
    return state(CLUSTER, "c", {"deletionProtection": True, "slbInternetEnabled": False, "tags": TAGS, **inputs})


def encrypted(most: int = 2, **more: Any) -> dict[str, Any]:
    return tagged(pool("p", sizes=(0, most), systemDiskEncrypted=True, **more))


TRIPS: list[tuple[str, list[dict[str, Any]]]] = [
    ("gpu-is-asked-for", [service("sd", resources={"limits": {}})]),
    ("gpu-is-asked-for", [service("sd", resources={})]),
    ("image-by-digest", [service("sd", image="r.example.com/sd:latest")]),
    ("image-by-digest", [service("sd", image="dev.local/sd:lab")]),
    ("gateway-is-guarded", [alb(), service("sd")]),
    ("api-server-is-private", [cluster(slbInternetEnabled=True)]),
    ("cluster-is-protected", [cluster(deletionProtection=False)]),
    ("disks-are-encrypted", [tagged(pool("p"))]),
    ("spot-has-a-way-out", [service("sd", {"autoscaling.knative.dev/min-scale": "1"}), encrypted(**SPOT)]),
    ("tagged", [state(VPC, "vpc", {"tags": {"project": "p"}})]),
    ("tagged", [state(VPC, "vpc")]),
    ("within-budget", [encrypted(100)]),
    ("within-budget", [encrypted(instanceTypes=["ecs.unheard-of"])]),
]
PASSES: list[tuple[str, list[dict[str, Any]]]] = [
    ("gpu-is-asked-for", [service("sd", resources={"limits": {"aliyun.com/gpu-mem": "8"}})]),
    ("image-by-digest", [service("sd", image="dev.local/sd:lab"), LOCAL]),
    ("image-by-digest", [service("sd", image=UNKNOWN)]),
    ("gateway-is-guarded", [alb("Intranet"), service("sd")]),
    ("gateway-is-guarded", [alb(aclConfig={"aclType": "White"}), service("sd")]),
    ("gateway-is-guarded", [alb(), service("sd", args=["--gradio-auth=$(SD_LOGIN)"])]),
    ("api-server-is-private", [cluster()]),
    ("cluster-is-protected", [cluster()]),
    ("disks-are-encrypted", [encrypted()]),
    ("spot-has-a-way-out", [service("sd", {"autoscaling.knative.dev/min-scale": "0"}), encrypted(**SPOT)]),
    (
        "spot-has-a-way-out",
        [service("sd", {"autoscaling.knative.dev/min-scale": "1"}), encrypted(**SPOT, compensateWithOnDemand=True)],
    ),
    (
        "spot-has-a-way-out",
        [service("sd", {"autoscaling.knative.dev/min-scale": "1"}), encrypted(**SPOT), encrypted(labels=GPU_LABEL)],
    ),
    ("tagged", [state(VPC, "vpc", {"tags": TAGS})]),
    ("tagged", [state(VPC, "vpc", {"tags": UNKNOWN})]),
    ("within-budget", [encrypted(10)]),
]
BUDGET = Budget(40, "USD")


@pytest.mark.parametrize(("rule", "states"), TRIPS)
def test_a_plan_that_breaks_a_rule_trips_this_rule_alone(rule: str, states: list[dict[str, Any]]) -> None:
    assert {one.rule for one in findings(*states, production=True, budget=BUDGET)} == {rule}


@pytest.mark.parametrize(("rule", "states"), PASSES)
def test_a_plan_that_keeps_a_rule_passes_them_all(rule: str, states: list[dict[str, Any]]) -> None:
    assert findings(*states, production=True, budget=BUDGET) == []


def test_every_rule_is_tripped_and_passed_by_a_test() -> None:
    names = {rule.name for rule in RULES}

    assert {rule for rule, _ in TRIPS} == names
    assert {rule for rule, _ in PASSES} == names


@pytest.mark.parametrize(("rule", "states"), [one for one in TRIPS if one[0] in ("gateway-is-guarded", "tagged")])
def test_what_holds_in_production_only_is_not_asked_of_other_stacks(rule: str, states: list[dict[str, Any]]) -> None:
    assert {one.rule for one in findings(*states)} == ({rule} if rule == "tagged" else set())


def test_a_finding_says_what_is_wrong_and_how_to_mend_it() -> None:
    (one,) = findings(service("sd", image="r.example.com/sd:latest"))

    assert (one.subject, one.level) == ("sd", Level.MANDATORY)
    assert one.message == "image r.example.com/sd:latest is named by a tag"
    assert "@sha256:" in one.mend


def test_the_largest_pool_is_blamed_for_a_budget_that_is_exceeded() -> None:
    small, large = encrypted(), {**encrypted(100), "urn": "urn:pulumi:dev::p::t::large"}

    (one,) = findings(large, small, budget=BUDGET)

    assert one.subject == "large"
    assert "over the budget of 40 USD" in one.message
