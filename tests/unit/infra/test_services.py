"""What a service's settings come to in its Knative Service."""

from typing import Any

import pulumi
import pytest

from tests.unit.components.manifests.test_knative_service import GUIDE, leaves
from tests.unit.conftest import Engine
from tests.unit.infra.samples import REGION, found, guide, stack_file, warnings
from tests.unit.infra.test_stack import SERVICE, Known, Raw, stack
from tests.unit.recorder import Registration

DIGEST = "@sha256:" + "0" * 64


def service(engine: Engine, **changes: Any) -> Registration:
    """The Knative Service `sd` of the guide's stack with changes to its settings."""
    return engine(stack(guide(**{f"services__sd__{key}": value for key, value in changes.items()}))).only(SERVICE)


def container(one: Registration) -> Any:
    (only,) = one.inputs["spec"]["template"]["spec"]["containers"]
    return only


# By path in the manifest; docs/services.md says why of each.
MORE_THAN_THE_GUIDE = {
    "/metadata/namespace": "default",
    "/metadata/annotations/pulumi.com/waitFor": "condition=Ready",
    "/spec/template/metadata/annotations/autoscaling.knative.dev/min-scale": "0",
    "/spec/template/metadata/annotations/autoscaling.knative.dev/initial-scale": "1",
    "/spec/template/metadata/annotations/autoscaling.knative.dev/target-burst-capacity": "0",
    "/spec/template/spec/timeoutSeconds": 600,
    "/spec/template/spec/responseStartTimeoutSeconds": 600,
    "/spec/template/spec/nodeSelector/ack-stable-diffusion/gpu": "true",
    "/spec/template/spec/tolerations/0/key": "nvidia.com/gpu",
    "/spec/template/spec/tolerations/0/operator": "Exists",
    "/spec/template/spec/tolerations/0/effect": "NoSchedule",
    "/spec/template/spec/containers/0/resources/requests/cpu": "2",
    "/spec/template/spec/containers/0/resources/requests/memory": "8Gi",
    "/spec/template/spec/containers/0/resources/limits/nvidia.com/gpu": "1",
}


def test_the_stack_of_the_guide_runs_the_guides_service_and_what_that_lacks(engine: Engine) -> None:
    ours, guides = leaves(engine(stack(stack_file("dev"))).only(SERVICE).inputs), leaves(GUIDE)

    assert guides.items() <= ours.items()
    assert {path: ours[path] for path in ours.keys() - guides.keys()} == MORE_THAN_THE_GUIDE


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

    raw = guide(cluster__rrsa=True, services__sd__model=model)

    assert any("model.oss.role" in text for text in warnings(raw)) is warned


def test_a_role_needs_the_clusters_way_to_take_it() -> None:
    model = {"mountPath": "/models", "oss": {"bucket": "sd-models", "role": "reader"}}

    problems = found(guide(cluster__rrsa=False, services__sd__model=model))

    assert list(problems) == ["services.sd.model.oss.role"]
    assert "rrsa: true" in problems["services.sd.model.oss.role"].mend


SPLITS: dict[str, tuple[Raw, str, str, str]] = {
    "more than all": ({"revision": "v7", "traffic": {"v6": 90, "v7": 20}}, "traffic", "110 in all", "change one"),
    "less than all": ({"revision": "v7", "traffic": {"v7": 99}}, "traffic", "99 in all", "change one"),
    "a revision that nobody reaches": ({"revision": "v7", "traffic": {"v6": 100}}, "traffic", "v6", "add v7: 0"),
    "no names": ({"traffic": {"latest": 100}}, "traffic", "traffic without revision", "add services.sd.revision"),
    "a name that means another": ({"revision": "latest"}, "revision", '"latest"', "another name"),
    "a percentage out of range": ({"revision": "v7", "traffic": {"v7": 101}}, "traffic.v7", "101", "correct"),
}


@pytest.mark.parametrize(("changes", "key", "told", "mend"), SPLITS.values(), ids=SPLITS.keys())
def test_a_split_that_knative_or_a_reader_would_not_understand_is_refused(
    changes: Raw, key: str, told: str, mend: str
) -> None:
    problems = found(guide(**{f"services__sd__{name}": value for name, value in changes.items()}))

    assert list(problems) == [f"services.sd.{key}"]
    assert problems[f"services.sd.{key}"].found == told
    assert mend in problems[f"services.sd.{key}"].mend


def test_each_revision_of_a_canary_has_a_url_in_the_outputs(engine: Engine, known: Known) -> None:
    values: list[list[Any]] = []
    raw = guide(services__sd__revision="v7", services__sd__traffic={"v6": 90, "v7": 10})

    def make() -> None:
        outputs = stack(raw)().outputs()
        values.append(known(pulumi.Output.from_input(outputs["services"])))

    engine(make, preview=True)

    assert values[0][0]["sd"]["revisions"] == {
        "v6": "http://v6-sd.default.example.com",
        "v7": "http://v7-sd.default.example.com",
    }


RESERVES: dict[str, tuple[Raw, str, str]] = {
    "no virtual nodes": ({"services__sd__reserve": {}}, "reserve.type", "virtualNodes"),
    "specifications of another kind": (
        {"services__sd__reserve": {"type": "ecs", "eciSpecs": ["1-2Gi"]}}, "reserve.eciSpecs", "take type eci",
    ),
    "pods that are always there": (
        {"services__sd__reserve": {"type": "ecs"}, "services__sd__scaling__minScale": 1}, "reserve", "remove one",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("changes", "key", "mend"), RESERVES.values(), ids=RESERVES.keys())
def test_a_reserve_that_would_never_serve_is_refused(changes: Raw, key: str, mend: str) -> None:
    problems = found(guide(**changes))

    assert list(problems) == [f"services.sd.{key}"]
    assert mend in problems[f"services.sd.{key}"].mend


def test_a_reserve_on_virtual_nodes_is_taken_and_warned_of() -> None:
    raw = guide(virtualNodes={"enabled": True}, services__sd__reserve={"eciSpecs": ["ecs.t6-c1m1.large", "1-2Gi"]})

    assert [text for text in warnings(raw) if "services.sd.reserve" in text and "not verified" in text]
