"""The data files say what the settings rely on."""

import re

import pytest

from infra.catalogue import shipped

GUIDE_TYPES = ["ecs.gn5-c4g1.xlarge", "ecs.gn5i-c8g1.2xlarge", "ecs.gn5-c8g1.2xlarge"]


def test_there_are_regions_on_three_continents_with_two_zones_each() -> None:
    regions = shipped().regions

    assert {"cn-shanghai", "cn-hangzhou", "cn-beijing", "ap-southeast-1", "us-west-1", "eu-central-1"} <= regions.keys()
    assert all(len(zones) >= 2 for zones in regions.values()), "ALB asks for two"


def test_a_zone_is_its_region_and_a_letter() -> None:
    wrong = [
        zone
        for region, zones in shipped().regions.items()
        for zone in zones
        if not re.fullmatch(re.escape(region) + (r"[a-z]" if region[-1].isdigit() else r"-[a-z]"), zone)
    ]

    assert wrong == []


@pytest.mark.parametrize("name", GUIDE_TYPES)
def test_the_guides_types_are_known_to_be_off_sale_and_to_take_no_essd(name: str) -> None:
    facts = shipped().gpu_types[name]

    assert not facts.on_sale
    assert "cloud_essd" not in facts.disks


def test_something_is_left_to_buy() -> None:
    assert [name for name, facts in shipped().gpu_types.items() if facts.on_sale and facts.terway_pods > 11]


@pytest.mark.parametrize(("name", "pods"), [("ecs.gn6i-c4g1.xlarge", 10), ("ecs.gn7i-c16g1.4xlarge", 70)])
def test_the_first_interface_is_the_nodes_own(name: str, pods: int) -> None:
    assert shipped().gpu_types[name].terway_pods == pods


def test_a_short_version_stands_for_a_full_one_of_the_same_minor() -> None:
    for short, full in shipped().versions.items():
        assert re.fullmatch(re.escape(short) + r"\.\d+-aliyun\.\d+", full)
