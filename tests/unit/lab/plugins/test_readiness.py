from typing import Any

import pytest

from lab.plugins.kubernetes.readiness import parse, rules
from tests.unit.lab.plugins.samples import deployment, service


def obj(status: dict[str, Any], generation: int = 1) -> dict[str, Any]:
    return {"metadata": {"generation": generation}, "status": status}


def condition(name: str, status: str, **more: Any) -> dict[str, Any]:
    return {"conditions": [{"type": name, "status": status, **more}]}


@pytest.mark.parametrize(
    ("text", "live", "expected"),
    [
        ("condition=Ready", obj(condition("Ready", "True")), True),
        ("condition=ready", obj(condition("Ready", "true")), True),
        ("condition=Ready", obj(condition("Ready", "Unknown")), False),
        ("condition=Ready", obj(condition("ConfigurationsReady", "True")), False),
        ("condition=Ready", {"metadata": {}}, False),
        ("condition=Suspended=False", obj(condition("Suspended", "False")), True),
        ("condition=Ready", obj({**condition("Ready", "True"), "observedGeneration": 1}, generation=2), False),
        ("condition=Ready", obj(condition("Ready", "True", observedGeneration=2), generation=2), True),
        ("condition=Ready", obj(condition("Ready", "True", observedGeneration=1), generation=2), False),
        ("jsonpath={.status.loadBalancer.dnsname}", obj({"loadBalancer": {"dnsname": "alb.example"}}), True),
        ("jsonpath={.status.loadBalancer.dnsname}", obj({"loadBalancer": {}}), False),
        ("jsonpath={.status.phase}=Bound", obj({"phase": "Bound"}), True),
        ("jsonpath={.status.phase}=Bound", obj({"phase": "Pending"}), False),
        ("jsonpath={.status.replicas}=3", obj({"replicas": 3}), True),
        ("jsonpath={.status.on}=true", obj({"on": True}), True),
        ("jsonpath={.status.list[1].n}=b", obj({"list": [{"n": "a"}, {"n": "b"}]}), True),
        ("jsonpath={.status['a.b/c']}=x", obj({"a.b/c": "x"}), True),
        ('jsonpath={.status.conditions[?(@.type=="Ready")].status}=True', obj(condition("Ready", "True")), True),
        ("jsonpath={.status.phase}", obj({"phase": "x", "observedGeneration": 1}, generation=2), False),
    ],
)
def test_what_a_program_waits_for_holds_or_not(text: str, live: dict[str, Any], expected: bool) -> None:
    (rule,) = parse(text)

    assert rule.holds(live) is expected


def test_a_json_list_asks_for_all_of_its_expressions() -> None:
    found = parse('["condition=Ready", "jsonpath={.status.url}"]')

    assert [rule.text for rule in found] == ["condition=Ready", "jsonpath={.status.url}"]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("Ready", "'Ready' is neither condition=TYPE"),
        ("condition=", "'condition=' is neither"),
        ("jsonpath=.status.phase", "braces included"),
        ("jsonpath={.status[}", r"jsonpath=\{.status\[\}"),
        ("[]", "expected one expression or a JSON list"),
        ('["condition=Ready", 3]', "expected one expression or a JSON list"),
        ('{"condition": "Ready"}', "expected one expression or a JSON list"),
    ],
)
def test_an_expression_that_cannot_be_read_is_shown_with_the_forms_that_can(text: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        parse(text)


def test_a_custom_resource_is_not_waited_for_unless_asked() -> None:
    assert rules(service()) == []
    assert [rule.text for rule in rules(service(waitFor="condition=Ready"))] == ["condition=Ready"]


def test_skip_await_wins_over_wait_for() -> None:
    assert rules(service(waitFor="condition=Ready", skipAwait="true")) == []


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ({}, False),
        ({"observedGeneration": 1, "replicas": 1, "updatedReplicas": 1, "availableReplicas": 1}, True),
        ({"observedGeneration": 1, "replicas": 2, "updatedReplicas": 1, "availableReplicas": 2}, False),
        ({"observedGeneration": 0, "replicas": 1, "updatedReplicas": 1, "availableReplicas": 1}, False),
    ],
)
def test_a_deployment_is_ready_once_all_replicas_are_new_and_available(status: dict[str, int], expected: bool) -> None:
    (rule,) = rules(deployment())

    assert rule.holds({**deployment(), "metadata": {"generation": 1}, "status": status}) is expected
