"""What a service's settings come to in its Knative Service."""

from typing import Any

import pytest

from tests.unit.conftest import Engine
from tests.unit.infra.samples import REGION, found, guide, warnings
from tests.unit.infra.test_stack import SERVICE, Raw, stack
from tests.unit.recorder import Registration

DIGEST = "@sha256:" + "0" * 64


def service(engine: Engine, **changes: Any) -> Registration:
    """The Knative Service `sd` of the guide's stack with changes to its settings."""
    return engine(stack(guide(**{f"services__sd__{key}": value for key, value in changes.items()}))).only(SERVICE)


def container(one: Registration) -> Any:
    (only,) = one.inputs["spec"]["template"]["spec"]["containers"]
    return only


def test_an_image_comes_from_the_region_of_the_stack(engine: Engine) -> None:
    made = service(engine, image=f"registry.{{region}}.example.com/sd{DIGEST}")

    assert container(made)["image"] == f"registry.{REGION}.example.com/sd{DIGEST}"


def test_up_waits_as_long_as_the_services_own_deadline_says(engine: Engine) -> None:
    made = service(engine, progressDeadline="30m")

    annotations = made.inputs["spec"]["template"]["metadata"]["annotations"]
    assert annotations["serving.knative.dev/progress-deadline"] == "1800s"
    assert made.request.customTimeouts.create == "2100s"


def test_probes_are_the_guides_unless_they_are_asked_for(engine: Engine) -> None:
    plain = container(service(engine))

    assert plain["readinessProbe"] == {
        "tcpSocket": {"port": 7860},
        "initialDelaySeconds": 5,
        "periodSeconds": 1,
        "failureThreshold": 3,
    }
    assert "livenessProbe" not in plain


def test_probes_that_are_asked_for_reach_the_container(engine: Engine) -> None:
    made = container(
        service(engine, probe={"path": "/internal/ping", "timeoutSeconds": 5}, liveness={"initialDelaySeconds": 900})
    )

    assert made["readinessProbe"]["httpGet"] == {"path": "/internal/ping", "port": 7860}
    assert made["readinessProbe"]["timeoutSeconds"] == 5
    assert made["livenessProbe"] == {
        "tcpSocket": {"port": 7860},
        "initialDelaySeconds": 900,
        "periodSeconds": 10,
        "failureThreshold": 6,
        "timeoutSeconds": 10,
    }


def test_a_value_out_of_a_secret_that_is_there_stays_there(engine: Engine) -> None:
    made = service(engine, env={"A": "1"}, envFrom={"HF_TOKEN": {"secret": "hugging-face", "key": "token"}})

    assert container(made)["env"] == [
        {"name": "A", "value": "1"},
        {"name": "HF_TOKEN", "valueFrom": {"secretKeyRef": {"name": "hugging-face", "key": "token"}}},
    ]


MODELS: dict[str, tuple[Raw, str, str]] = {
    "none": ({}, "services.sd.model", "no source"),
    "two": ({"claim": "a", "nas": {"server": "a.com"}}, "services.sd.model", "nas and claim"),
    "a bucket without a key": ({"oss": {"bucket": "abc"}}, "services.sd.model.oss", "neither"),
    "a bucket with two": (
        {"oss": {"bucket": "abc", "secret": "s", "role": "r"}}, "services.sd.model.oss", "secret and role",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("source", "path", "told"), MODELS.values(), ids=MODELS.keys())
def test_a_model_has_one_source_and_one_key_to_it(source: Raw, path: str, told: str) -> None:
    problems = found(guide(services__sd__model={"mountPath": "/models", **source}))

    assert list(problems) == [path]
    assert problems[path].found == told


def test_a_bucket_is_asked_at_the_endpoint_of_its_region(engine: Engine) -> None:
    bucket = {"bucket": "sd-models", "secret": "oss-key"}

    recorded = engine(stack(guide(services__sd__model={"mountPath": "/models", "oss": bucket})))

    attributes = recorded.named("sd-model-volume").inputs["spec"]["csi"]["volumeAttributes"]
    assert attributes["url"] == f"oss-{REGION}-internal.aliyuncs.com"


@pytest.mark.parametrize(("key", "warned"), [("role", True), ("secret", False)])
def test_a_role_for_a_bucket_is_a_guess(key: str, warned: bool) -> None:
    model = {"mountPath": "/models", "oss": {"bucket": "sd-models", key: "reader"}}

    assert any("model.oss.role" in text for text in warnings(guide(services__sd__model=model))) is warned
