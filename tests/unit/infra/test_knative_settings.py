"""Knative's settings: what it would refuse in a log only is refused before anything is made."""

from typing import Any

import pytest

from tests.unit.conftest import Engine
from tests.unit.infra.samples import found, guide, loaded
from tests.unit.infra.test_stack import stack

# changes → path, and a part of what is allowed
MISTAKES: dict[str, tuple[dict[str, Any], str, str]] = {
    "no grace period": ({"scaleToZeroGracePeriod": "0s"}, "knative.scaleToZeroGracePeriod", "1s or more"),
    "no time to become ready": ({"progressDeadline": "0m"}, "knative.progressDeadline", "1s or more"),
    "no time for the registry": ({"digestResolutionTimeout": "0s"}, "knative.digestResolutionTimeout", "1s or more"),
    "one percent, which Knative reads as all": (
        {"targetUtilizationPercentage": 1},
        "knative.targetUtilizationPercentage",
        "from 2 to 100",
    ),
    "capacity below all": ({"targetBurstCapacity": -2}, "knative.targetBurstCapacity", "from -1 to 10000"),
    "panic over more than the window": (
        {"panicWindowPercentage": 101},
        "knative.panicWindowPercentage",
        "from 1 to 100",
    ),
    "panic at every rise": ({"panicThresholdPercentage": 100}, "knative.panicThresholdPercentage", "from 110 to 1000"),
    "limit of none": ({"maxScaleLimit": 0}, "knative.maxScaleLimit", "from 1 to 10000"),
    "service above the limit": (
        {"maxScaleLimit": 5},
        "services.sd.scaling.maxScale",
        "at most knative.maxScaleLimit (5)",
    ),
    "queue-proxy's memory above its limit": (
        {"queueProxy": {"requests": {"memory": "1Gi"}, "limits": {"memory": "512Mi"}}},
        "knative.queueProxy.requests.memory",
        "at most knative.queueProxy.limits.memory (512Mi)",
    ),
    "queue-proxy's cores above its limit": (
        {"queueProxy": {"requests": {"cpu": "1"}, "limits": {"cpu": "500m"}}},
        "knative.queueProxy.requests.cpu",
        "at most knative.queueProxy.limits.cpu (500m)",
    ),
}


@pytest.mark.parametrize("case", MISTAKES.values(), ids=MISTAKES.keys())
def test_a_value_that_knative_refuses_is_refused(case: tuple[dict[str, Any], str, str]) -> None:
    changes, path, allowed = case

    problems = found(guide(knative=changes))

    assert list(problems) == [path]
    assert allowed in problems[path].allowed


@pytest.mark.parametrize(
    "knative",
    [
        {"scaleDownDelay": "0s", "podRetentionPeriod": "0s", "targetBurstCapacity": -1, "maxScaleLimit": 10},
        {"queueProxy": {"requests": {"cpu": "500m"}, "limits": {"cpu": "500m", "memory": "512Mi"}}},
    ],
)
def test_values_at_the_edge_are_taken(knative: dict[str, Any]) -> None:
    assert loaded(guide(knative=knative))


def test_every_setting_reaches_its_config_map(engine: Engine) -> None:
    knative = {
        "stableWindow": "30s",
        "scaleToZeroGracePeriod": "10s",
        "podRetentionPeriod": "40s",
        "scaleDownDelay": "5m",
        "targetUtilizationPercentage": 70,
        "targetBurstCapacity": -1,
        "panicWindowPercentage": 20,
        "panicThresholdPercentage": 150,
        "maxScaleLimit": 12,
        "progressDeadline": "10m",
        "registriesSkippingTagResolving": ["dev.local"],
        "digestResolutionTimeout": "30s",
        "queueProxy": {"requests": {"cpu": "50m", "memory": "64Mi"}, "limits": {"cpu": "1", "memory": "512Mi"}},
    }

    recorded = engine(stack(guide(knative=knative)))

    assert recorded.named("knative-autoscaler").inputs["data"] == {
        "stable-window": "30s",
        "scale-to-zero-grace-period": "10s",
        "scale-to-zero-pod-retention-period": "40s",
        "scale-down-delay": "5m",
        "enable-scale-to-zero": "true",
        "allow-zero-initial-scale": "true",
        "container-concurrency-target-percentage": "70",
        "target-burst-capacity": "-1",
        "panic-window-percentage": "20",
        "panic-threshold-percentage": "150",
        "max-scale-limit": "12",
        "max-scale": "12",
    }
    assert recorded.named("knative-deployment").inputs["data"] == {
        "progress-deadline": "600s",
        "pod-is-always-schedulable": "true",
        "registries-skipping-tag-resolving": "dev.local",
        "digest-resolution-timeout": "30s",
        "queue-sidecar-cpu-request": "50m",
        "queue-sidecar-cpu-limit": "1",
        "queue-sidecar-memory-request": "64Mi",
        "queue-sidecar-memory-limit": "512Mi",
    }


def test_pods_with_overlay_addresses_are_reached_through_node_ports(engine: Engine) -> None:
    data = {
        kind: engine(stack(guide(cluster__podNetwork=kind))).named("knative-network").inputs["data"]
        for kind in ("terway", "flannel")
    }

    assert data["flannel"].get("eni") == "false"
    assert "eni" not in data["terway"]
