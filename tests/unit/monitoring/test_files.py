"""Dashboard and alert rules: nothing in them that no exporter gives."""

import json
from typing import Any

import pytest

from components.manifests.queue_metrics import pod_monitor
from infra.alerts import ALERTS, shipped_alerts
from tests.unit.monitoring.promql import balanced, labels, metrics

DASHBOARD: dict[str, Any] = json.loads((ALERTS.parent / "dashboards" / "knative.json").read_text(encoding="utf-8"))
PANELS: dict[str, dict[str, Any]] = {panel["title"]: panel for panel in DASHBOARD["panels"]}

HISTOGRAM = ("_bucket", "_sum", "_count")
# Knative up to 1.18 (OpenCensus): the metrics pages of knative.dev and of ACK.
OLD = {"revision_request_count", "revision_queue_depth", "queue_average_concurrent_requests",
       *(f"revision_request_latencies{part}" for part in HISTOGRAM)}  # fmt: skip
# Knative from 1.19 on (OpenTelemetry): kn.serving.invocation.duration in seconds, kn.serving.queue.depth.
NEW = {"kn_serving_queue_depth", *(f"kn_serving_invocation_duration_seconds{part}" for part in HISTOGRAM)}
# Prometheus itself, kube-state-metrics and NVIDIA's exporter.
OTHERS = {"up", "kube_pod_status_phase", "kube_pod_container_status_restarts_total",
          "kube_pod_container_resource_requests", "kube_node_status_allocatable",
          "DCGM_FI_DEV_GPU_UTIL", "DCGM_FI_DEV_FB_USED", "DCGM_FI_DEV_FB_FREE"}  # fmt: skip
LABELS = {"knative_service", "knative_revision", "knative_port", "response_code_class", "http_response_status_code",
          "le", "namespace", "pod", "phase", "resource"}  # fmt: skip
UNITS = {"reqps", "percentunit", "percent", "s", "short"}

EXPRESSIONS: dict[str, str] = {
    **{f"rule {name}": rule.expression for name, rule in shipped_alerts().items()},
    **{
        f"panel {title}, {target['refId']}": target["expr"]
        for title, panel in PANELS.items()
        for target in panel["targets"]
    },
}


@pytest.mark.parametrize("expression", EXPRESSIONS.values(), ids=EXPRESSIONS.keys())
def test_an_expression_uses_metrics_and_labels_that_exist(expression: str) -> None:
    assert metrics(expression), "it looks at something"
    assert metrics(expression) - OLD - NEW - OTHERS == set()
    assert labels(expression) - LABELS == set()
    assert balanced(expression)


@pytest.mark.parametrize("expression", EXPRESSIONS.values(), ids=EXPRESSIONS.keys())
def test_an_expression_about_requests_works_with_either_generation_of_knative(expression: str) -> None:
    used = metrics(expression)

    assert bool(used & OLD) == bool(used & NEW)


def test_our_own_labels_are_the_ones_that_the_pod_monitor_writes() -> None:
    written = {
        one["targetLabel"]
        for endpoint in pod_monitor("x", "y")["spec"]["podMetricsEndpoints"]
        for one in endpoint["relabelings"]
    }

    assert {label for label in LABELS if label.startswith("knative_")} == written


@pytest.mark.parametrize("panel", PANELS.values(), ids=PANELS.keys())
def test_a_panel_says_what_it_shows_and_in_which_unit(panel: dict[str, Any]) -> None:
    assert panel["title"]
    assert panel["description"].endswith(".")
    assert panel["fieldConfig"]["defaults"]["unit"] in UNITS
    assert all(target["legendFormat"] for target in panel["targets"])
    assert panel["datasource"]["uid"] == "${datasource}", "whoever imports the dashboard picks the Prometheus"


def test_no_two_panels_cover_each_other_or_have_one_title() -> None:
    panels = DASHBOARD["panels"]
    places = {(one["gridPos"]["x"], one["gridPos"]["y"]) for one in panels}

    assert len(PANELS) == len(panels) == len(places) == len({one["id"] for one in panels})
    assert {(one["gridPos"]["w"], one["gridPos"]["h"]) for one in panels} == {(12, 8)}


def test_the_dashboard_can_show_one_service_or_all() -> None:
    variables = {one["name"]: one for one in DASHBOARD["templating"]["list"]}

    assert set(variables) == {"datasource", "service"}
    assert variables["service"]["includeAll"]


@pytest.mark.parametrize("rule", shipped_alerts().values(), ids=shipped_alerts().keys())
def test_a_rule_is_told_in_a_sentence_and_compares_with_a_threshold(rule: Any) -> None:
    assert rule.message.endswith(".")
    assert "\n" not in rule.expression
    assert rule.expression.rsplit(" ", 2)[1] == ">"


@pytest.mark.parametrize(
    ("expression", "names"),
    [
        ('sum by (a, b) (rate(x_total{c="d{e}", f!~"g"}[5m])) / y > 0.5', {"x_total", "y"}),
        ("histogram_quantile(0.95, sum by (le) (rate(z_bucket[1m]))) or vector(0)", {"z_bucket"}),
        ("p * on (q) group_left (r) s offset 5m", {"p", "s"}),
    ],
)
def test_the_reading_of_expressions_itself(expression: str, names: set[str]) -> None:
    assert metrics(expression) - {"m"} == names
    assert balanced(expression)
    assert not balanced(expression + ")")


def test_the_reading_of_labels_itself() -> None:
    assert labels('sum by (a, b) (x{c="1", d=~"e=f"})') == {"a", "b", "c", "d"}
