import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pulumi
import pytest

from components.monitoring import AlertRuleArgs, Monitoring, MonitoringArgs
from tests.unit.components.samples import node_pool, provider
from tests.unit.conftest import Engine
from tests.unit.recorder import Recorded
from tests.unit.sdk_types import mistakes

ADDON = "alicloud:cs/kubernetesAddon:KubernetesAddon"
ENVIRONMENT = "alicloud:arms/environment:Environment"
POD_MONITOR = "alicloud:arms/envPodMonitor:EnvPodMonitor"
RULE = "alicloud:arms/prometheusAlertRule:PrometheusAlertRule"
PATCH = "kubernetes:core/v1:ConfigMapPatch"

FAILS = AlertRuleArgs("up == 0", 5, "critical", "It fails.")

Known = Callable[[pulumi.Output[Any]], list[Any]]


def monitoring(**changes: Any) -> Callable[[], Monitoring]:
    def make() -> Monitoring:
        args = MonitoringArgs("c1", provider(), "sd-test", alerts={"requests-fail": FAILS}, after=[node_pool("system")])
        return Monitoring("monitoring", replace(args, **changes))

    return make


def made(engine: Engine, **changes: Any) -> Recorded:
    return engine(monitoring(**changes))


def test_the_agent_is_acks_own_spelt_as_the_provider_reads_it_back(engine: Engine) -> None:
    addon = made(engine).only(ADDON)

    assert addon.inputs == {"clusterId": "c1", "name": "arms-prometheus", "config": '{"prometheusMode":"default"}'}
    assert "system" in addon.dependencies


def test_the_environment_is_bound_to_the_cluster(engine: Engine) -> None:
    inputs = made(engine, tags={"stack": "test"}).only(ENVIRONMENT).inputs

    assert inputs == {
        "environmentName": "sd-test",
        "environmentType": "CS",
        "environmentSubType": "ManagedKubernetes",
        "bindResourceId": "c1",
        "tags": {"stack": "test"},
    }


def test_queue_proxys_metrics_are_shown_and_read(engine: Engine) -> None:
    recorded = made(engine)

    patch = recorded.only(PATCH)
    assert patch.inputs["data"] == {"request-metrics-protocol": "prometheus"}
    assert patch.inputs["metadata"] == {
        "name": "config-observability",
        "namespace": "knative-serving",
        "annotations": {"pulumi.com/patchForce": "true"},
    }
    assert (patch.provider, patch.dependencies) == ("cluster", {"system"})
    monitor = recorded.only(POD_MONITOR)
    assert json.loads(monitor.inputs["configYaml"])["kind"] == "PodMonitor"
    assert monitor.dependencies == {"monitoring-environment"}


@pytest.mark.parametrize(
    "changes", [{"queue_metrics": False}, {"environment_name": None}], ids=["not asked for", "no environment"]
)
def test_without_queue_metrics_knative_is_left_alone(engine: Engine, changes: dict[str, Any]) -> None:
    results: list[Monitoring] = []

    recorded = engine(lambda: results.append(monitoring(**changes)()))

    assert recorded.all(POD_MONITOR) == recorded.all(PATCH) == []
    assert list(results[0].ready) == []


def test_a_service_waits_for_the_switch_that_its_pods_take_at_their_start(engine: Engine, known: Known) -> None:
    urns: list[list[Any]] = []

    engine(lambda: urns.extend(known(one.urn) for one in monitoring()().ready))

    assert [urn.rsplit("::", 1)[1] for (urn,) in urns] == ["monitoring-observability"]


@pytest.mark.parametrize(
    ("policy", "notify"), [(None, {"notifyType": "ALERT_MANAGER"}),
                           ("7", {"notifyType": "DISPATCH_RULE", "dispatchRuleId": "7"})],
)  # fmt: skip
def test_an_alert_rule_says_what_when_and_to_whom(engine: Engine, policy: str | None, notify: dict[str, str]) -> None:
    rule = made(engine, dispatch_rule_id=policy).only(RULE)

    assert rule.inputs == {
        "clusterId": "c1",
        "prometheusAlertRuleName": "requests-fail",
        "expression": "up == 0",
        "duration": "5",
        "message": "It fails.",
        "labels": [{"name": "severity", "value": "critical"}],
        **notify,
    }


def test_a_changed_alert_rule_goes_before_its_successor_of_the_same_name_comes(engine: Engine) -> None:
    rule = made(engine).only(RULE)

    assert rule.request.deleteBeforeReplace
    assert "monitoring-agent" in rule.dependencies


def test_there_are_ids_to_find_it_all_by(engine: Engine, known: Known) -> None:
    found: list[Any] = []

    def make() -> None:
        one = monitoring()()
        assert one.environment_id
        found.extend([known(one.environment_id), {name: known(rule) for name, rule in one.alert_rule_ids.items()}])

    engine(make)

    assert found == [["monitoring-environment-id"], {"requests-fail": ["monitoring-requests-fail-id"]}]


@pytest.mark.parametrize("preview", [True, False], ids=["first preview", "up"])
def test_everything_belongs_to_the_component_and_has_the_types_of_the_sdk(engine: Engine, preview: bool) -> None:
    recorded = engine(monitoring(dispatch_rule_id="7", tags={"a": "b"}), preview=preview)

    ours = [recorded.only(kind) for kind in (ADDON, ENVIRONMENT, POD_MONITOR, RULE, PATCH)]
    assert {one.parent for one in ours} == {"monitoring"}
    assert [mistake for one in ours for mistake in mistakes(one)] == []
