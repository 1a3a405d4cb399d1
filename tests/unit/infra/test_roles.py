"""One image for people and for programs: what the role of a service stands for, and what counts more."""

from typing import Any

import pytest

from tests.unit.conftest import Engine
from tests.unit.infra.samples import found, guide
from tests.unit.infra.test_stack import stack

AUTOSCALING = "autoscaling.knative.dev/"
AFFINITY = "serving.knative.dev.alibabacloud/"
IMAGE = "dev.local/sd:1"


def manifests(engine: Engine, **services: dict[str, Any]) -> dict[str, Any]:
    """Knative Services by name, all from one image."""
    raw = guide(services={name: {"image": IMAGE, **changes} for name, changes in services.items()})
    recorded = engine(stack(raw))
    return {name: recorded.named(f"{name}-service").inputs for name in services}


def template(manifest: Any) -> Any:
    return manifest["spec"]["template"]


def autoscaling(manifest: Any) -> dict[str, str]:
    """The autoscaler's annotations without their prefix."""
    return {
        key.removeprefix(AUTOSCALING): value for key, value in template(manifest)["metadata"]["annotations"].items()
    }


def args(manifest: Any) -> list[str]:
    (container,) = template(manifest)["spec"]["containers"]
    return list(container["args"])


def test_page_and_api_are_two_services_from_one_image(engine: Engine) -> None:
    made = manifests(engine, ui={"role": "ui"}, api={"role": "api"})

    images = {template(one)["spec"]["containers"][0]["image"] for one in made.values()}
    assert images == {IMAGE}
    assert "--api" not in args(made["ui"])
    assert "--api" in args(made["api"])


def test_a_browser_keeps_its_pod_through_a_pause(engine: Engine) -> None:
    ui = manifests(engine, ui={"role": "ui"})["ui"]

    assert ui["metadata"]["annotations"].items() >= {
        f"{AFFINITY}affinity": "cookie", f"{AFFINITY}cookie-name": "sd-ui", f"{AFFINITY}cookie-timeout": "1800",
    }.items()  # fmt: skip
    assert autoscaling(ui).items() >= {
        "target-burst-capacity": "0", "scale-down-delay": "5m", "scale-to-zero-pod-retention-period": "10m",
    }.items()  # fmt: skip


def test_a_program_takes_any_pod_and_pays_for_no_pause(engine: Engine) -> None:
    api = manifests(engine, api={"role": "api"})["api"]

    assert not [key for key in api["metadata"]["annotations"] if key.startswith(AFFINITY)]
    assert autoscaling(api)["target-burst-capacity"] == "0"
    assert not {"scale-down-delay", "scale-to-zero-pod-retention-period"} & set(autoscaling(api))


SAID: dict[str, tuple[dict[str, Any], str, str | None]] = {
    "another delay": ({"scaling": {"scaleDownDelay": "1m"}}, "scale-down-delay", "1m"),
    "none at all": ({"scaling": {"scaleDownDelay": None}}, "scale-down-delay", None),
    "what the role says beside it": ({"scaling": {"scaleDownDelay": "1m"}}, "target-burst-capacity", "0"),
    "the default of a service without a role": ({"scaling": {"targetBurstCapacity": None}, "affinity": None},
                                                "target-burst-capacity", None),
}  # fmt: skip


@pytest.mark.parametrize(("changes", "key", "value"), SAID.values(), ids=SAID.keys())
def test_what_a_service_says_itself_counts_more_than_its_role(
    engine: Engine, changes: dict[str, Any], key: str, value: str | None
) -> None:
    assert autoscaling(manifests(engine, ui={"role": "ui", **changes})["ui"]).get(key) == value


def test_own_arguments_and_no_affinity_count_more_than_the_role_too(engine: Engine) -> None:
    made = manifests(engine, ui={"role": "ui", "args": ["--listen"], "affinity": None})["ui"]

    assert args(made) == ["--listen"]
    assert not [key for key in made["metadata"]["annotations"] if key.startswith(AFFINITY)]


def test_part_of_an_affinity_keeps_the_rest(engine: Engine) -> None:
    made = manifests(engine, ui={"role": "ui", "affinity": {"timeoutSeconds": 60}})["ui"]

    annotations = made["metadata"]["annotations"]
    assert (annotations[f"{AFFINITY}cookie-name"], annotations[f"{AFFINITY}cookie-timeout"]) == ("sd-ui", "60")


def test_a_service_without_a_role_is_the_guides(engine: Engine) -> None:
    made = manifests(engine, sd={})["sd"]

    assert args(made) == ["--listen", "--skip-torch-cuda-test", "--api"]
    assert set(autoscaling(made)) == {
        "class", "min-scale", "maxScale", "initial-scale", "targetUtilizationPercentage",
        "k8s.aliyun.com/eci-use-specs",
    }  # fmt: skip


def test_an_unknown_role_is_refused_with_the_known_ones() -> None:
    problems = found(guide(services__sd__role="uo"))

    assert "ui, api" in problems["services.sd.role"].allowed
