"""Monitoring in a stack: off unless it is asked for, and what is refused."""

from collections.abc import Callable
from typing import Any

import pulumi
import pytest

from infra.alerts import shipped_alerts
from infra.stack import build
from tests.unit.conftest import Engine
from tests.unit.infra.samples import assert_told, found, guide, loaded, warnings
from tests.unit.recorder import Recorded
from tests.unit.sdk_types import mistakes

ON = {"prometheus": True}
RULE = "alicloud:arms/prometheusAlertRule:PrometheusAlertRule"


def recorded(engine: Engine, monitoring: dict[str, Any], *, preview: bool = False) -> Recorded:
    settings = loaded(guide(monitoring=monitoring))
    return engine(lambda: build(settings, "ack-stable-diffusion", "test"), preview=preview)


def rules(one: Recorded) -> set[str]:
    return {rule.inputs["prometheusAlertRuleName"] for rule in one.all(RULE)}


def test_by_default_there_is_none(engine: Engine) -> None:
    assert [one.name for one in recorded(engine, {}).registrations if "arms" in one.typ or "arms" in one.name] == []


def test_every_rule_of_the_file_is_made_unless_it_is_switched_off(engine: Engine) -> None:
    known = set(shipped_alerts())

    assert rules(recorded(engine, ON)) == known
    assert rules(recorded(engine, {**ON, "alerts": {"off": ["gpu-nodes-idle"]}})) == known - {"gpu-nodes-idle"}
    assert rules(recorded(engine, {**ON, "alerts": {"enabled": False}})) == set()


def test_the_switch_for_metrics_comes_after_knative_and_before_the_first_service(engine: Engine) -> None:
    one = recorded(engine, ON)

    assert "knative-addon" in one.waits_for("monitoring-observability")
    assert "monitoring-observability" in one.waits_for("sd-service")


def test_a_stack_can_do_without_an_environment(engine: Engine) -> None:
    one = recorded(engine, {**ON, "environment": False, "queueMetrics": False})

    assert one.all("alicloud:arms/environment:Environment") == []
    assert rules(one)


def test_the_outputs_lead_to_environment_rules_and_dashboard(
    engine: Engine, known: Callable[[pulumi.Output[Any]], list[Any]]
) -> None:
    values: list[Any] = []
    settings = loaded(guide(monitoring={**ON, "alerts": {"off": [*shipped_alerts()][1:]}}))

    def make() -> None:
        outputs = build(settings, "ack-stable-diffusion", "test").outputs()
        values.append(known(pulumi.Output.from_input(outputs["monitoring"])))

    engine(make)

    assert values[0] == [
        {
            "environmentId": "monitoring-environment-id",
            "alertRules": {"requests-fail": "monitoring-requests-fail-id"},
            "dashboard": "monitoring/dashboards/knative.json",
        }
    ]


@pytest.mark.parametrize("preview", [True, False], ids=["first preview", "up"])
def test_every_resource_has_the_types_that_the_sdk_says(engine: Engine, preview: bool) -> None:
    one = recorded(engine, ON, preview=preview)

    cloud = [registered for registered in one.registrations if not registered.typ.startswith("ack-stable-diffusion:")]
    assert "monitoring-queue-proxy" in {registered.name for registered in cloud}
    assert [mistake for registered in cloud for mistake in mistakes(registered)] == []


PROBLEMS: dict[str, tuple[dict[str, Any], str, str, str, str]] = {
    "rule that does not exist": (
        {**ON, "alerts": {"off": ["gpu-node-idle"]}},
        "monitoring.alerts.off[0]", "gpu-node-idle", "requests-fail", "did you mean gpu-nodes-idle?",
    ),
    "metrics without an environment": (
        {**ON, "environment": False},
        "monitoring.queueMetrics", "without an environment", "false", "queueMetrics: false",
    ),
    "policy that is no number": (
        {**ON, "alerts": {"dispatchRuleId": "on-call"}},
        "monitoring.alerts.dispatchRuleId", "on-call", "digits in quotes", "correct",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", PROBLEMS.values(), ids=PROBLEMS.keys())
def test_what_does_not_go_together_is_refused(case: tuple[dict[str, Any], str, str, str, str]) -> None:
    monitoring, path, value, allowed, mend = case

    problems = found(guide(monitoring=monitoring))

    assert list(problems) == [path]
    assert_told(problems[path], value, allowed, mend)


@pytest.mark.parametrize(("monitoring", "told"), [({}, False), (ON, True)], ids=["off", "on"])
def test_what_nobody_has_seen_on_a_live_account_is_told(monitoring: dict[str, Any], told: bool) -> None:
    assert any("monitoring.environment" in text for text in warnings(guide(monitoring=monitoring))) is told
