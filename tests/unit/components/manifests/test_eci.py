"""What a pod says to run on virtual nodes."""

from dataclasses import replace
from typing import Any

import pytest

from components.manifests.eci import Eci, EciSpot, eci_annotations, eci_labels, nodes_before_eci
from components.manifests.knative_service import KnativeServiceSpec, knative_service

ECI = Eci(specs=["ecs.gn7i-c8g1.2xlarge", "ecs.gn6i-c8g1.2xlarge"])
SPEC = KnativeServiceSpec(
    name="api",
    namespace="studio",
    image="registry.example.com/sd@sha256:00",
    node_selector={"pool": "a10"},
    eci_use_specs=["ecs.gn5-c4g1.xlarge"],
)


def annotations(**changes: Any) -> dict[str, str]:
    found = eci_annotations(replace(ECI, **changes))
    assert all(key.startswith("k8s.aliyun.com/eci-") for key in found)
    return {key.removeprefix("k8s.aliyun.com/eci-"): value for key, value in found.items()}


def test_what_is_not_asked_for_is_left_to_eci() -> None:
    assert annotations() == {"use-specs": "ecs.gn7i-c8g1.2xlarge,ecs.gn6i-c8g1.2xlarge", "image-cache": "true"}
    assert annotations(image_cache=False, specs=[]) == {}


def test_five_specs_at_most() -> None:
    assert annotations(specs=[f"ecs.gn{n}.large" for n in range(7)])["use-specs"].count(",") == 4


@pytest.mark.parametrize(
    ("spot", "expected"),
    [
        (None, {}),
        (EciSpot(), {"spot-strategy": "SpotAsPriceGo", "spot-fallback": "true"}),
        (EciSpot(1.2, on_demand_fallback=False), {"spot-strategy": "SpotWithPriceLimit", "spot-price-limit": "1.2"}),
    ],
    ids=["on demand", "at the market's price", "with a limit"],
)
def test_spot(spot: EciSpot | None, expected: dict[str, str]) -> None:
    assert {key: value for key, value in annotations(spot=spot).items() if key.startswith("spot")} == expected


def test_driver_disk_and_zones() -> None:
    found = annotations(gpu_driver="535", extra_storage_gib=50, zone_order="random")

    assert found["gpu-driver-version"] == "tesla=535"
    assert found["extra-ephemeral-storage"] == "50Gi"
    assert found["schedule-strategy"] == "VSwitchRandom"


def test_the_label_is_for_pods_that_never_run_on_a_node() -> None:
    assert eci_labels(ECI) == {"alibabacloud.com/eci": "true"}
    assert eci_labels(replace(ECI, nodes_first=True)) == eci_labels(None) == {}


@pytest.mark.parametrize("nodes_first", [False, True], ids=["only", "nodes first"])
def test_no_node_selector_keeps_a_pod_off_virtual_nodes(nodes_first: bool) -> None:
    template = knative_service(replace(SPEC, eci=replace(ECI, nodes_first=nodes_first)))["spec"]["template"]

    assert "nodeSelector" not in template["spec"]
    assert ("labels" in template["metadata"]) is not nodes_first
    assert template["metadata"]["annotations"]["k8s.aliyun.com/eci-use-specs"] == ",".join(ECI.specs)


def test_without_virtual_nodes_a_pod_says_what_the_guide_says() -> None:
    template = knative_service(SPEC)["spec"]["template"]

    assert template["spec"]["nodeSelector"] == {"pool": "a10"}
    assert template["metadata"]["annotations"]["k8s.aliyun.com/eci-use-specs"] == "ecs.gn5-c4g1.xlarge"
    assert "labels" not in template["metadata"]


def test_nodes_come_first_and_no_unit_has_what_the_autoscaler_cannot_handle() -> None:
    spec = nodes_before_eci("api", "studio", None)["spec"]

    assert spec["units"] == [{"resource": "ecs"}, {"resource": "eci"}], "no nodeSelector, no max"
    assert spec["selector"] == {"serving.knative.dev/service": "api"}
    assert "whenTryNextUnits" not in spec


def test_a_pod_can_wait_for_the_node_that_is_ordered_for_it() -> None:
    spec = nodes_before_eci("api", "studio", "10m")["spec"]

    assert spec["whenTryNextUnits"] == {"policy": "TimeoutOrExceedMax", "timeout": "10m"}
    assert spec["units"][0]["podLabels"] == {"k8s.aliyun.com/resource-policy-wait-for-ecs-scaling": "true"}
