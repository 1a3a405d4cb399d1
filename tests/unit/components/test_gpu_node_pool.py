from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from components.gpu_node_pool import ANY_GPU_POOL, GPU_TOLERATION, GpuNodePool, GpuNodePoolArgs, SpotArgs, TaintArgs
from tests.unit.conftest import Engine
from tests.unit.recorder import Registration
from tests.unit.sdk_types import mistakes

ARGS = GpuNodePoolArgs(
    cluster_id="c1",
    pool_name="a10",
    vswitch_ids=["vsw-1", "vsw-2"],
    instance_types=["ecs.gn7i-c8g1.2xlarge", "ecs.gn7i-c16g1.4xlarge"],
    max_size=10,
)


def pool(engine: Engine, **changes: Any) -> Registration:
    return engine(lambda: GpuNodePool("a10", replace(ARGS, **changes))).only("alicloud:cs/nodePool:NodePool")


def labels(one: Registration) -> dict[str, str]:
    return {label["key"]: label["value"] for label in one.inputs["labels"]}


def test_the_pool_goes_from_zero_to_its_largest_and_has_no_size_of_its_own(engine: Engine) -> None:
    inputs = pool(engine).inputs

    assert inputs["scalingConfig"] == {"enable": True, "minSize": 0, "maxSize": 10, "type": "gpu"}
    assert not {"desiredSize", "nodeCount", "instances"} & set(inputs), "each of these fights the autoscaler"


@pytest.mark.parametrize("protected", [True, False])
def test_the_engine_keeps_a_protected_pool(engine: Engine, protected: bool) -> None:
    assert pool(engine, protect=protected).request.protect is protected


def test_what_places_a_pod_is_what_the_nodes_carry(engine: Engine) -> None:
    selectors: list[GpuNodePool] = []
    make: Callable[[], None] = lambda: selectors.append(GpuNodePool("a10", ARGS))  # noqa: E731 - typed for mypy

    (registration,) = engine(make).all("alicloud:cs/nodePool:NodePool")

    assert dict(selectors[0].node_selector).items() <= labels(registration).items()
    assert dict(ANY_GPU_POOL).items() <= labels(registration).items()


def test_the_toleration_matches_the_taint(engine: Engine) -> None:
    (taint,) = pool(engine).inputs["taints"]

    assert (taint["key"], taint["effect"]) == (GPU_TOLERATION["key"], GPU_TOLERATION["effect"])


def test_a_pinned_driver_is_a_label(engine: Engine) -> None:
    assert labels(pool(engine, driver_version="550.144.03"))["ack.aliyun.com/nvidia-driver-version"] == "550.144.03"
    assert "ack.aliyun.com/nvidia-driver-version" not in labels(pool(engine))


def test_on_demand_by_default(engine: Engine) -> None:
    inputs = pool(engine).inputs

    assert inputs["spotStrategy"] == "NoSpot"
    assert "spotPriceLimits" not in inputs
    assert "spotInstanceRemedy" not in inputs


def test_spot_at_the_market_price(engine: Engine) -> None:
    inputs = pool(engine, spot=SpotArgs()).inputs

    assert inputs["spotStrategy"] == "SpotAsPriceGo"
    assert inputs["compensateWithOnDemand"] is True
    assert inputs["spotInstanceRemedy"] is True


def test_spot_with_price_limits(engine: Engine) -> None:
    inputs = pool(
        engine, spot=SpotArgs({"ecs.gn7i-c8g1.2xlarge": 1.2}, on_demand_fallback=False, replace_early=False)
    ).inputs

    assert inputs["spotStrategy"] == "SpotWithPriceLimit"
    assert inputs["spotPriceLimits"] == [{"instanceType": "ecs.gn7i-c8g1.2xlarge", "priceLimit": "1.2"}]
    assert inputs["compensateWithOnDemand"] is False
    assert inputs["spotInstanceRemedy"] is False


def test_the_disk_is_the_one_asked_for(engine: Engine) -> None:
    inputs = pool(engine, disk_category="cloud_ssd", disk_gib=150).inputs

    assert (inputs["systemDiskCategory"], inputs["systemDiskSize"]) == ("cloud_ssd", 150)


@pytest.mark.parametrize(
    ("changes", "policy"),
    [
        ({}, "PRIORITY"),
        ({"spot": SpotArgs()}, "COST_OPTIMIZED"),
        ({"spot": SpotArgs(on_demand_fallback=False), "multi_az_policy": "BALANCE"}, "BALANCE"),
    ],
    ids=["on demand", "spot, whose fallback needs it", "said otherwise"],
)
def test_the_zone_policy_is_one_under_which_the_pool_gets_its_nodes(
    engine: Engine, changes: dict[str, Any], policy: str
) -> None:
    assert pool(engine, **changes).inputs["multiAzPolicy"] == policy


def test_further_labels_never_replace_those_that_place_a_pod(engine: Engine) -> None:
    found = labels(pool(engine, labels={"example.com/team": "studio", **dict.fromkeys(ANY_GPU_POOL, "false")}))

    assert found["example.com/team"] == "studio"
    assert dict(ANY_GPU_POOL).items() <= found.items()


def test_a_pod_that_tolerates_what_the_pool_says_is_kept_off_by_none_of_its_taints(engine: Engine) -> None:
    made: list[GpuNodePool] = []
    args = replace(ARGS, taints=[TaintArgs("example.com/team", "studio", "NoExecute")])

    (registration,) = engine(lambda: made.append(GpuNodePool("a10", args))).all("alicloud:cs/nodePool:NodePool")

    tainted = [(one["key"], one["effect"]) for one in registration.inputs["taints"]]
    assert tainted == [("nvidia.com/gpu", "NoSchedule"), ("example.com/team", "NoExecute")]
    assert [(one["key"], one["effect"]) for one in made[0].tolerations] == tainted


def test_what_is_not_asked_for_is_left_to_the_cloud(engine: Engine) -> None:
    inputs = pool(engine).inputs

    assert not {"systemDiskPerformanceLevel", "systemDiskEncrypted", "management"} & set(inputs)


def test_every_option_reaches_the_pool_in_the_types_of_the_sdk(engine: Engine) -> None:
    options = {"disk_performance_level": "PL2", "disk_encrypted": True, "disk_gib": 500, "auto_repair": True}

    registered = pool(engine, spot=SpotArgs({"ecs.gn7i-c8g1.2xlarge": 1.2}), **options)

    assert registered.inputs["systemDiskPerformanceLevel"] == "PL2"
    assert registered.inputs["systemDiskEncrypted"] is True
    assert registered.inputs["management"] == {"enable": True, "autoRepair": True, "maxUnavailable": 1}
    assert registered.parent == "a10"
    assert mistakes(registered) == []
