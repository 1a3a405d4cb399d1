"""Services on virtual nodes: what is refused, what is warned of, and what reaches the pods."""

from typing import Any

import pytest

from infra.stack import build
from tests.unit.conftest import Engine
from tests.unit.infra.samples import assert_told, found, guide, loaded, warnings
from tests.unit.recorder import Recorded
from tests.unit.sdk_types import mistakes

A10 = {"instanceTypes": ["ecs.gn7i-c8g1.2xlarge", "ecs.gn7i-c16g1.4xlarge"], "maxSize": 10}
POLICY = "kubernetes:scheduling.alibabacloud.com/v1alpha1:ResourcePolicy"


def stack_with(eci: dict[str, Any] | None, **changes: Any) -> dict[str, Any]:
    """One A10 pool, virtual nodes, and a service that runs on them as it is said."""
    return guide(**{
        "gpuPools": {"a10": A10}, "virtualNodes": {"enabled": True}, "services__sd__eci": eci or {}, **changes
    })  # fmt: skip


# eci, changes → path below the service unless it is another one, and a part of: found, allowed, mend
PROBLEMS: dict[str, tuple[dict[str, Any], dict[str, Any], str, str, str, str]] = {
    "no virtual nodes": (
        {"placement": "only"}, {"virtualNodes": {}},
        "services.sd.eci", "no virtual nodes", "virtualNodes.enabled: true", "add virtualNodes",
    ),
    "nothing said about placement": (
        {}, {}, "services.sd.eci.placement", "nothing", "one of only, burst", "add placement",
    ),
    "burst without ACK Pro": (
        {"placement": "burst"}, {"cluster__spec": "ack.standard"},
        "services.sd.eci.placement", '"burst"', "only, as cluster.spec is ack.standard", "ack.pro.small",
    ),
    "burst from one of two pools": (
        {"placement": "burst"}, {"gpuPools": {"a10": A10, "base": A10}, "services__sd__pool": "a10"},
        "services.sd.eci.placement", "with pool a10", "over all GPU pools", "leave pool out",
    ),
    "waiting for a node that is never ordered": (
        {"placement": "only", "waitForNodes": "10m"}, {},
        "services.sd.eci.waitForNodes", "10m", "nothing with placement only", "remove it",
    ),
    "type without a GPU": (
        {"placement": "only", "specs": ["ecs.g7.xlarge"]}, {},
        "services.sd.eci.specs[0]", "ecs.g7.xlarge", "a GPU type of the catalogue", "",
    ),
    "type that is too small for a pod": (
        {"placement": "only", "specs": ["ecs.gn6i-c4g1.xlarge"]},
        {"services__sd__resources": {"requests": {"memory": "16Gi"}}},
        "services.sd.eci.specs[0]", "ecs.gn6i-c4g1.xlarge", "this one has 4 cores, 15 GiB, 1 GPU", "larger type",
    ),
    "six types": (
        {"placement": "only", "specs": ["ecs.gn7i-c8g1.2xlarge"] * 6}, {},
        "services.sd.eci.specs", "a list with 6 entries", "1 to 5 entries", "remove entries",
    ),
    "zone that the network lacks": (
        {"placement": "only"}, {"virtualNodes": {"enabled": True, "zones": ["cn-shanghai-l", "cn-shanghai-n"]}},
        "virtualNodes.zones[1]", "cn-shanghai-n", "cn-shanghai-l, cn-shanghai-m", "did you mean",
    ),
    "zone twice": (
        {"placement": "only"}, {"virtualNodes": {"enabled": True, "zones": ["cn-shanghai-l"] * 2}},
        "virtualNodes.zones[1]", "a second time", "each zone once", "another zone",
    ),
    "driver with a minor version": (
        {"placement": "only", "gpuDriver": "535.161"}, {},
        "services.sd.eci.gpuDriver", "535.161", "a major version", "correct",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", PROBLEMS.values(), ids=PROBLEMS.keys())
def test_what_cannot_run_on_virtual_nodes_is_refused(
    case: tuple[dict[str, Any], dict[str, Any], str, str, str, str],
) -> None:
    eci, changes, path, value, allowed, mend = case

    problems = found(stack_with(eci, **changes))

    assert list(problems) == [path]
    assert_told(problems[path], value, allowed, mend)


def test_a_pod_on_virtual_nodes_alone_may_take_a_whole_instance_but_no_more() -> None:
    large = {"requests": {"cpu": "15", "memory": "58Gi"}}
    raw = stack_with({"placement": "only"}, services__sd__resources=large)

    assert loaded(raw)
    assert list(found({**raw, "gpuPools": {"small": {**A10, "instanceTypes": ["ecs.gn7i-c8g1.2xlarge"]}}})) == [
        "services.sd.resources"
    ]


@pytest.mark.parametrize(
    ("eci", "changes", "expected"),
    [
        ({"placement": "burst"}, {}, ["services.sd.eci.placement: whether the autoscaler also orders a node"]),
        (
            {"placement": "only", "specs": ["ecs.gn5-c4g1.xlarge"]},
            {},
            ["services.sd.eci.specs: ecs.gn5-c4g1.xlarge are off sale as nodes; whether ECI still has them"],
        ),
        ({"placement": "only"}, {"gpuPools": {"a10": {**A10, "maxSize": 1}}}, []),
    ],
    ids=["burst", "types off sale", "more pods than the pool has GPUs"],
)
def test_guesses_in_use_are_told(eci: dict[str, Any], changes: dict[str, Any], expected: list[str]) -> None:
    texts = [text.removeprefix("ack-stable-diffusion:") for text in warnings(stack_with(eci, **changes))]

    assert len(texts) == len(expected)
    assert all(text.startswith(start) for text, start in zip(texts, expected, strict=True))


def recorded(engine: Engine, raw: dict[str, Any], *, preview: bool = False) -> Recorded:
    settings = loaded(raw)
    return engine(lambda: build(settings, "ack-stable-diffusion", "test"), preview=preview)


def annotations(one: Recorded) -> dict[str, str]:
    found = one.named("sd-service").inputs["spec"]["template"]["metadata"]["annotations"]
    return {key.removeprefix("k8s.aliyun.com/eci-"): value for key, value in found.items() if "/eci-" in key}


FULL = {
    "placement": "burst", "waitForNodes": "10m", "specs": ["ecs.gn7i-c8g1.2xlarge"], "spot": {"priceLimit": 1.5},
    "imageCache": False, "gpuDriver": "535", "extraStorageGib": 20, "zoneOrder": "ordered",
}  # fmt: skip


def test_every_setting_reaches_the_pod(engine: Engine) -> None:
    one = recorded(engine, stack_with(FULL))

    assert annotations(one) == {
        "use-specs": "ecs.gn7i-c8g1.2xlarge",
        "spot-strategy": "SpotWithPriceLimit",
        "spot-price-limit": "1.5",
        "spot-fallback": "true",
        "gpu-driver-version": "tesla=535",
        "extra-ephemeral-storage": "20Gi",
        "schedule-strategy": "VSwitchOrdered",
    }
    assert one.only(POLICY).inputs["spec"]["whenTryNextUnits"]["timeout"] == "10m"


def test_the_types_of_the_pools_are_the_default(engine: Engine) -> None:
    roomy = {"requests": {"cpu": "2", "memory": "40Gi"}}

    one = recorded(engine, stack_with({"placement": "only"}, services__sd__resources=roomy))

    assert annotations(one)["use-specs"] == "ecs.gn7i-c16g1.4xlarge", "the smaller one does not hold the pod"


def test_a_service_waits_for_virtual_nodes_that_are_switched_on(engine: Engine) -> None:
    one = recorded(engine, stack_with({"placement": "only"}))

    assert {"virtual-nodes-addon", "virtual-nodes-profile"} <= one.waits_for("sd-service")
    assert "ack-system" in one.waits_for("virtual-nodes-addon")


def test_instances_start_in_the_zones_asked_for(engine: Engine) -> None:
    one = recorded(engine, stack_with(FULL, virtualNodes={"enabled": True, "zones": ["cn-shanghai-m"]}))

    assert one.named("virtual-nodes-profile").inputs["data"] == {"vswitchIds": "vsw-networknodescnshanghaim"}


def test_by_default_there_are_none(engine: Engine) -> None:
    names = {one.name for one in recorded(engine, guide()).registrations}

    assert not [name for name in names if "virtual-nodes" in name]


@pytest.mark.parametrize("preview", [True, False], ids=["first preview", "up"])
def test_every_resource_has_the_types_that_the_sdk_says(engine: Engine, preview: bool) -> None:
    one = recorded(engine, stack_with(FULL), preview=preview)

    cloud = [registered for registered in one.registrations if not registered.typ.startswith("ack-stable-diffusion:")]
    assert "virtual-nodes-profile" in {registered.name for registered in cloud}
    assert [mistake for registered in cloud for mistake in mistakes(registered)] == []
