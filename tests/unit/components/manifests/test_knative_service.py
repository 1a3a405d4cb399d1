from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from components.manifests.knative_service import (
    CookieAffinity,
    KnativeServiceSpec,
    Resources,
    SecretEnv,
    knative_service,
)
from components.manifests.probes import Probe
from components.manifests.scaling import Scaling

GUIDE = yaml.safe_load(Path(__file__).with_name("guide.yaml").read_text(encoding="utf-8"))
IMAGE = GUIDE["spec"]["template"]["spec"]["containers"][0]["image"]

# What the guide asks for, and nothing of what it lacks.
AS_THE_GUIDE = KnativeServiceSpec(
    name="stable-diffusion",
    namespace="default",
    image=IMAGE,
    affinity=CookieAffinity("sd", 1800),
    eci_use_specs=["ecs.gn5-c4g1.xlarge", "ecs.gn5i-c8g1.2xlarge", "ecs.gn5-c8g1.2xlarge"],
    resources=Resources(gpus=0),
    timeout_seconds=None,
)

BASE = KnativeServiceSpec(name="ui", namespace="studio", image=IMAGE)


def pod(spec: KnativeServiceSpec) -> Any:
    return knative_service(spec)["spec"]["template"]["spec"]


def annotations(spec: KnativeServiceSpec) -> Any:
    return knative_service(spec)["spec"]["template"]["metadata"]["annotations"]


def leaves(value: Any, path: str = "") -> dict[str, Any]:
    """Dotted path → value."""
    if not isinstance(value, Mapping | list):
        return {path: value}
    items = value.items() if isinstance(value, Mapping) else enumerate(value)
    return {key: leaf for name, item in items for key, leaf in leaves(item, f"{path}/{name}").items()}


def test_the_guides_own_service_comes_out_when_it_is_asked_for() -> None:
    manifest = knative_service(AS_THE_GUIDE)

    # The console fills the namespace in from the list above the editor.
    assert manifest["metadata"].pop("namespace") == "default"
    assert manifest == GUIDE


def test_by_default_it_is_the_guides_service_and_what_that_lacks() -> None:
    spec = replace(AS_THE_GUIDE, resources=Resources(), timeout_seconds=600)

    ours, guide = leaves(knative_service(spec)), leaves(GUIDE)

    assert guide.items() <= ours.items()
    assert {path: ours[path] for path in ours.keys() - guide.keys()} == {
        "/metadata/namespace": "default",
        "/spec/template/spec/timeoutSeconds": 600,
        "/spec/template/spec/responseStartTimeoutSeconds": 600,
        "/spec/template/spec/containers/0/resources/limits/nvidia.com/gpu": "1",
    }


def test_the_first_byte_may_take_as_long_as_the_answer() -> None:
    spec = pod(replace(BASE, timeout_seconds=300))

    assert spec["timeoutSeconds"] == spec["responseStartTimeoutSeconds"] == 300


def test_gpus_are_a_limit_in_text_because_the_webhook_writes_text() -> None:
    (container,) = pod(replace(BASE, resources=Resources({"cpu": "2"}, {"memory": "8Gi"}, gpus=2)))["containers"]

    assert container["resources"] == {"requests": {"cpu": "2"}, "limits": {"memory": "8Gi", "nvidia.com/gpu": "2"}}


def test_a_pod_is_placed_where_it_is_told() -> None:
    toleration = {"key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoSchedule"}

    placed = pod(replace(BASE, node_selector={"pool": "a10"}, tolerations=[toleration]))

    assert placed["nodeSelector"] == {"pool": "a10"}
    assert placed["tolerations"] == [toleration]


def test_environment_comes_as_text_or_out_of_a_secret() -> None:
    spec = replace(BASE, env={"A": "1", "LOGIN": SecretEnv("ui-login", "login")})

    assert pod(spec)["containers"][0]["env"] == [
        {"name": "A", "value": "1"},
        {"name": "LOGIN", "valueFrom": {"secretKeyRef": {"name": "ui-login", "key": "login"}}},
    ]


def test_a_probe_asks_the_services_port() -> None:
    (container,) = pod(replace(BASE, port=80, readiness=Probe("/ping", 0, 2, 4, 6)))["containers"]

    assert container["readinessProbe"] == {
        "httpGet": {"path": "/ping", "port": 80},
        "initialDelaySeconds": 0,
        "periodSeconds": 2,
        "failureThreshold": 4,
        "timeoutSeconds": 6,
    }
    assert "livenessProbe" not in container


def test_a_container_is_started_again_only_if_that_is_asked_for() -> None:
    (container,) = pod(replace(BASE, liveness=Probe(initial_delay_seconds=600)))["containers"]

    assert container["livenessProbe"]["tcpSocket"] == {"port": 7860}
    assert container["livenessProbe"]["initialDelaySeconds"] == 600


def test_a_revision_may_have_a_deadline_of_its_own() -> None:
    deadline = "serving.knative.dev/progress-deadline"

    assert annotations(replace(BASE, progress_deadline_seconds=1800))[deadline] == "1800s"
    assert deadline not in annotations(BASE)


SCALING = [
    (Scaling(min_scale=0), "min-scale", "0"),
    (Scaling(max_scale=3), "maxScale", "3"),
    (Scaling(initial_scale=0), "initial-scale", "0"),
    (Scaling(activation_scale=3), "activation-scale", "3"),
    (Scaling(target_burst_capacity=0), "target-burst-capacity", "0"),
    (Scaling(target_burst_capacity=-1), "target-burst-capacity", "-1"),
    (Scaling(target_utilization_percentage=70), "targetUtilizationPercentage", "70"),
    (Scaling(window="90s"), "window", "90s"),
    (Scaling(scale_down_delay="0s"), "scale-down-delay", "0s"),
    (Scaling(pod_retention_period="10m"), "scale-to-zero-pod-retention-period", "10m"),
    (Scaling(panic_window_percentage=5), "panic-window-percentage", "5"),
    (Scaling(panic_threshold_percentage=150.5), "panic-threshold-percentage", "150.5"),
]


@pytest.mark.parametrize(("scaling", "key", "value"), SCALING)
def test_zero_is_a_value_and_not_nothing(scaling: Scaling, key: str, value: str) -> None:
    assert annotations(replace(BASE, scaling=scaling))[f"autoscaling.knative.dev/{key}"] == value


def test_what_is_left_open_is_left_to_the_cluster() -> None:
    assert sorted(annotations(BASE)) == [
        "autoscaling.knative.dev/class",
        "autoscaling.knative.dev/maxScale",
        "autoscaling.knative.dev/targetUtilizationPercentage",
    ]


def test_every_annotation_is_text() -> None:
    full = Scaling(1, 2, 1, 2, 70, 0, "60s", "1m", "10m", 10.0, 200.0)
    manifest = knative_service(replace(AS_THE_GUIDE, scaling=full))

    values = [*manifest["metadata"]["annotations"].values(), *annotations(replace(AS_THE_GUIDE, scaling=full)).values()]
    assert all(isinstance(value, str) for value in values)


def test_ack_reads_five_specifications_at_most() -> None:
    spec = replace(BASE, eci_use_specs=[f"ecs.type-{number}" for number in range(7)])

    assert annotations(spec)["k8s.aliyun.com/eci-use-specs"].count(",") == 4


def test_fields_without_a_value_are_left_out() -> None:
    manifest = knative_service(replace(BASE, resources=Resources(gpus=0)))

    assert "annotations" not in manifest["metadata"]
    assert not {"nodeSelector", "tolerations"} & set(manifest["spec"]["template"]["spec"])
    assert not {"env", "resources"} & set(manifest["spec"]["template"]["spec"]["containers"][0])
