"""What the resources of a plan cost by the hour."""

from datetime import date
from typing import Any

import pytest

from infra import catalogue
from infra.settings.cluster import SystemPool
from ops.cost.hourly import hourly
from ops.cost.prices import Prices, shipped
from ops.plan.preview import Resource
from tests.unit.ops.plan.samples import ALB, CLUSTER, pool, service, state

PRICES = Prices(
    source="made up",
    date=date(2026, 1, 1),
    currency="USD",
    rates={"USD": 1, "CNY": 7},
    instances={"cheap": 1.0, "dear": 3.0},
    clusters={"ack.pro.small": 0.5},
    disks={"cloud_essd": 0.01},
    fixed={ALB: 0.25},
)


def bill(*resources: dict[str, Any]) -> tuple[float, float, list[str]]:
    items = list(hourly(map(Resource.of, resources), PRICES))
    unpriced = [one for item in items for one in item.unpriced]
    return sum(item.floor for item in items), sum(item.ceiling for item in items), unpriced


@pytest.mark.parametrize(
    ("resource", "expected"),
    [
        (pool("p", ["cheap"], (0, 4)), (0, 4, [])),
        (pool("p", ["cheap", "dear"], (1, 4)), (1, 12, [])),
        (pool("p", ["dear", "cheap"], (1, 4)), (3, 12, [])),
        (pool("p", ["cheap"], (1, 2), systemDiskCategory="cloud_essd", systemDiskSize=100), (2, 4, [])),
        (pool("p", ["unheard"], (1, 2)), (0, 0, ["unheard"])),
        (state(CLUSTER, "c", {"clusterSpec": "ack.pro.small"}), (0.5, 0.5, [])),
        (state(CLUSTER, "c", {"clusterSpec": "ack.new"}), (0, 0, ["ack.new"])),
        (state(ALB, "alb"), (0.25, 0.25, [])),
        (state("alicloud:ram/role:Role", "r"), (0, 0, [])),
    ],
)
def test_each_kind_of_resource_has_a_floor_and_a_ceiling(
    resource: dict[str, Any], expected: tuple[float, float, list[str]]
) -> None:
    assert bill(resource) == expected


def test_the_pool_that_is_always_on_costs_its_size() -> None:
    always = {**pool("p"), "inputs": {"instanceTypes": ["cheap"], "desiredSize": "3"}}

    assert bill(always) == (3, 3, [])


@pytest.mark.parametrize(("fallback", "ceiling"), [(False, 2.0), (True, 3.0)])
def test_spot_costs_its_limit_unless_it_may_fall_back_to_on_demand(fallback: bool, ceiling: float) -> None:
    limits = [{"instanceType": "dear", "priceLimit": "2.0"}]
    spot = pool("p", ["dear"], (0, 1), spotPriceLimits=limits, compensateWithOnDemand=fallback)

    assert bill(spot) == (0, ceiling, [])


ON_ECI = {
    "k8s.aliyun.com/eci-use-specs": "cheap, dear",
    "autoscaling.knative.dev/min-scale": "1",
    "autoscaling.knative.dev/maxScale": "5",
}


def test_pods_on_virtual_nodes_are_billed_one_by_one() -> None:
    one = service("sd", ON_ECI)
    one["inputs"]["spec"]["template"]["metadata"]["labels"] = {"alibabacloud.com/eci": "true"}

    assert bill(one) == (1, 15, [])
    assert bill(service("sd", ON_ECI)) == (0, 0, [])


def test_a_service_that_bursts_is_billed_for_the_pods_that_the_nodes_have_no_room_for() -> None:
    policy = state(
        "kubernetes:scheduling.alibabacloud.com/v1alpha1:ResourcePolicy",
        "policy",
        {"spec": {"selector": {"serving.knative.dev/service": "sd"}}},
    )

    assert bill(service("sd", ON_ECI), policy, pool("p", ["cheap"], (0, 2))) == (0, 2 + 3 * 3, [])
    assert bill(service("sd", ON_ECI), policy, pool("p", ["cheap"], (0, 9))) == (0, 9, [])


def test_a_reserve_is_billed_all_the_time() -> None:
    reserve = {"knative.aliyun.com/reserve-instance": "enable", "knative.aliyun.com/reserve-instance-replicas": "2"}
    named = {**reserve, "knative.aliyun.com/reserve-instance-eci-use-specs": "cheap"}

    assert bill(service("sd", named)) == (2, 2, [])
    assert bill(service("sd", reserve)) == (0, 0, ["pods of sd, reserve"])


def test_the_shipped_prices_know_every_type_of_the_catalogue_and_say_that_they_are_estimates() -> None:
    prices = shipped()

    known = {*catalogue.shipped().gpu_types, *SystemPool().instance_types}
    assert known - prices.instances.keys() == set(), "add an estimate to ops/data/prices.yaml"
    assert "estimate" in prices.source
    assert prices.rate(prices.currency) == 1
