"""The data files say what the settings rely on."""

import re

import pytest

from infra.catalogue import is_guess, shipped

GUIDE_TYPES = ["ecs.gn5-c4g1.xlarge", "ecs.gn5i-c8g1.2xlarge", "ecs.gn5-c8g1.2xlarge"]


def test_there_are_regions_on_three_continents_with_two_zones_each() -> None:
    regions = shipped().regions

    assert {"cn-shanghai", "cn-hangzhou", "cn-beijing", "ap-southeast-1", "us-west-1", "eu-central-1"} <= regions.keys()
    assert all(len(region.zones) >= 2 for region in regions.values()), "ALB asks for two"


def test_a_zone_is_its_region_and_a_letter() -> None:
    wrong = [
        zone
        for region, facts in shipped().regions.items()
        for zone in facts.zones
        if not re.fullmatch(re.escape(region) + (r"[a-z]" if region[-1].isdigit() else r"-[a-z]"), zone)
    ]

    assert wrong == []


@pytest.mark.parametrize("name", GUIDE_TYPES)
def test_the_guides_types_are_known_to_be_off_sale_and_to_take_no_essd(name: str) -> None:
    facts = shipped().gpu_types[name]

    assert not facts.on_sale
    assert "cloud_essd" not in facts.disks


@pytest.mark.parametrize("family", ["gn5", "gn5i", "gn6i", "gn6v", "gn7i", "gn8is"])
def test_the_families_that_run_stable_diffusion_are_there(family: str) -> None:
    assert [name for name in shipped().gpu_types if re.match(rf"ecs\.{family}[.-]", name)]


def test_every_entry_says_where_it_was_read() -> None:
    catalogue = shipped()

    sources = [
        *((name, region.source) for name, region in catalogue.regions.items()),
        *((name, gpu_type.source) for name, gpu_type in catalogue.gpu_types.items()),
        *((name, version.source) for name, version in catalogue.versions.items()),
    ]

    assert [name for name, source in sources if not source] == []


def test_what_nobody_read_anywhere_is_marked_as_a_guess() -> None:
    catalogue = shipped()

    assert is_guess(catalogue.regions["us-east-1"])
    assert is_guess(catalogue.gpu_types["ecs.gn8is.2xlarge"])
    assert not is_guess(catalogue.gpu_types["ecs.gn7i-c8g1.2xlarge"])


def test_a_zone_that_a_stack_file_adds_does_not_make_the_others_known() -> None:
    catalogue = shipped().with_more({"us-east-1": ("us-east-1c",), "x-north-1": ("x-north-1a",)}, {})

    assert catalogue.regions["us-east-1"].zones == ("us-east-1a", "us-east-1b", "us-east-1c")
    assert is_guess(catalogue.regions["us-east-1"])
    assert not is_guess(catalogue.regions["x-north-1"])


def test_something_is_left_to_buy() -> None:
    assert [name for name, facts in shipped().gpu_types.items() if facts.on_sale and facts.terway_pods > 11]


@pytest.mark.parametrize(("name", "pods"), [("ecs.gn6i-c4g1.xlarge", 10), ("ecs.gn7i-c16g1.4xlarge", 70)])
def test_the_first_interface_is_the_nodes_own(name: str, pods: int) -> None:
    assert shipped().gpu_types[name].terway_pods == pods


def test_a_short_version_stands_for_a_full_one_of_the_same_minor() -> None:
    for short, version in shipped().versions.items():
        assert re.fullmatch(re.escape(short) + r"\.\d+-aliyun\.\d+", version.full)
