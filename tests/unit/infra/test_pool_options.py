"""Options of GPU pools: what is refused, what is warned of, and what reaches the pods."""

from typing import Any

import pytest

from infra.stack import build
from tests.unit.conftest import Engine
from tests.unit.infra.samples import assert_told, found, guide, loaded, warnings

A10 = {"instanceTypes": ["ecs.gn7i-c8g1.2xlarge", "ecs.gn7i-c16g1.4xlarge"], "maxSize": 10}
POOL = "gpuPools.a10"

# options → path below the pool, and a part of: found, allowed, mend
PROBLEMS: dict[str, tuple[dict[str, Any], str, str, str, str]] = {
    "fallback that ACK would not look at": (
        {"spot": {}, "zonePolicy": "priority"},
        ".zonePolicy", '"priority" with spot.onDemandFallback', "cost", "onDemandFallback: false",
    ),
    "performance level of a disk without levels": (
        {"diskCategory": "cloud_ssd", "diskPerformanceLevel": "PL1"},
        ".diskPerformanceLevel", "of a cloud_ssd disk", "cloud_essd alone", "leave it out",
    ),
    "performance level of a disk that is too small": (
        {"diskPerformanceLevel": "PL2"}, ".diskPerformanceLevel", "of 200 GiB", "from 461 GiB", "raise diskGib to 461",
    ),
    "label that the program sets": (
        {"labels": {"ack-stable-diffusion/gpu-pool": "x"}},
        ".labels.ack-stable-diffusion/gpu-pool", "that the program sets", "the pool's name", "remove it",
    ),
    "driver by label": (
        {"labels": {"ack.aliyun.com/nvidia-driver-version": "550.144.03"}},
        '.labels["ack.aliyun.com/nvidia-driver-version"]', "that the program sets", "write driverVersion", "remove it",
    ),
    "label that Kubernetes refuses": (
        {"labels": {"-team": "x"}}, ".labels.-team", "a key of the wrong form", "label key", "rename it",
    ),
    "taint that is there already": (
        {"taints": [{"key": "nvidia.com/gpu"}]}, ".taints[0]", "a second time", "is there already", "remove it",
    ),
    "taint with an effect that does not exist": (
        {"taints": [{"key": "team", "effect": "Never"}]},
        ".taints[0].effect", '"Never"', "one of NoSchedule, PreferNoSchedule, NoExecute", "take one of these",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", PROBLEMS.values(), ids=PROBLEMS.keys())
def test_options_that_do_not_go_together_are_refused(case: tuple[dict[str, Any], str, str, str, str]) -> None:
    options, path, value, allowed, mend = case

    problems = found(guide(gpuPools__a10={**A10, **options}))

    assert list(problems) == [POOL + path]
    assert_told(problems[POOL + path], value, allowed, mend)


RIGHT: dict[str, dict[str, Any]] = {
    "spot without fallback, evenly over the zones": {"spot": {"onDemandFallback": False}, "zonePolicy": "balance"},
    "large disk of a high level": {"diskGib": 1261, "diskPerformanceLevel": "PL3", "diskEncrypted": True},
    "one taint with two effects": {"taints": [{"key": "team"}, {"key": "team", "effect": "NoExecute"}]},
    "repair": {"autoRepair": True},
}


@pytest.mark.parametrize("options", RIGHT.values(), ids=RIGHT.keys())
def test_options_that_go_together_are_taken(options: dict[str, Any]) -> None:
    assert loaded(guide(gpuPools__a10={**A10, **options}))


@pytest.mark.parametrize(
    ("limits", "warned"),
    [
        ({"ecs.gn7i-c8g1.2xlarge": 1.2}, ["ecs.gn7i-c16g1.4xlarge"]),
        ({"ecs.gn7i-c8g1.2xlarge": 1.2, "ecs.gn7i-c16g1.4xlarge": 2.4}, []),
        ({}, []),
    ],
    ids=["for one of two types", "for every type", "for none"],
)
def test_a_price_limit_for_some_types_alone_is_a_guess_that_is_told(
    limits: dict[str, float], warned: list[str]
) -> None:
    texts = warnings(guide(gpuPools={"a10": {**A10, "spot": {"priceLimits": limits}}}))

    assert [text.split("none for ")[1].split(";")[0] for text in texts if "priceLimits" in text] == warned


def test_a_service_tolerates_the_taints_of_the_pool_that_it_names_and_no_others(engine: Engine) -> None:
    raw = guide(
        gpuPools__a10={**A10, "taints": [{"key": "team", "value": "studio"}]},
        services__ui={"image": "dev.local/sd:1", "pool": "a10"},
    )

    recorded = engine(lambda: build(loaded(raw), "ack-stable-diffusion", "test"))

    tolerated = {
        name: [
            one["key"] for one in recorded.named(f"{name}-service").inputs["spec"]["template"]["spec"]["tolerations"]
        ]
        for name in ("sd", "ui")
    }
    assert tolerated == {"sd": ["nvidia.com/gpu"], "ui": ["nvidia.com/gpu", "team"]}


def test_a_priority_is_for_every_pool_or_for_none() -> None:
    problems = found(guide(gpuPools__a10={**A10, "priority": 20}))

    assert list(problems) == ["gpuPools.gn5.priority"]
    assert "while a10 has one" in problems["gpuPools.gn5.priority"].found
    assert "or for none" in problems["gpuPools.gn5.priority"].allowed


@pytest.mark.parametrize("preview", [True, False], ids=["first preview", "up"])
def test_the_autoscaler_knows_pools_and_priorities_and_a_service_waits_for_it(engine: Engine, preview: bool) -> None:
    raw = guide(gpuPools__gn5__priority=10, gpuPools__a10={**A10, "priority": 20})

    recorded = engine(lambda: build(loaded(raw), "ack-stable-diffusion", "test"), preview=preview)

    inputs = recorded.named("autoscaler-config").inputs
    assert inputs["expander"] == "priority"
    assert set(inputs["priorities"]) == {"10", "20"}
    assert preview or inputs["priorities"]["20"] == "asg-a10-pool"
    assert {"gn5-pool", "a10-pool"} <= recorded.waits_for("autoscaler-config")
    assert "autoscaler-config" in recorded.waits_for("sd-service")


def test_what_is_not_known_of_priorities_is_told() -> None:
    raw = guide(gpuPools={"a": {**A10, "priority": 1}, "b": {**A10, "priority": 2}})

    assert [text for text in warnings(raw) if "next priority" in text]
