"""`make new-stack`: a file that passes every check, or a refusal that mends."""

from ipaddress import IPv4Network
from pathlib import Path

import pytest
import yaml

from infra.catalogue import shipped
from infra.new_stack import NewStack, NewStackError, new_stack, write
from tests.unit.infra.samples import CHECKOUT, STACKS, loaded, project_keys, stack_file

REGIONS = sorted(shipped().regions)


def made(environment: str = "staging", region: str = "ap-southeast-1", folder: Path = CHECKOUT) -> NewStack:
    return new_stack(environment, region, shipped(), folder)


@pytest.mark.parametrize("region", REGIONS)
def test_in_every_region_the_file_passes_all_checks(region: str) -> None:
    config = yaml.safe_load(made(region=region).text)["config"]

    one = loaded(project_keys(config), config["alicloud:region"])

    types = [shipped().gpu_types[name] for pool in one.settings.gpu_pools.values() for name in pool.instance_types]
    assert one.region == region
    assert 2 <= len(one.settings.network.zones) <= 3
    assert types
    assert all(facts.on_sale for facts in types)


def test_a_stack_is_named_after_the_city_and_a_region_may_be_too() -> None:
    assert made("prod", "eu-central-1").file_name == "Pulumi.prod-frankfurt.yaml"
    assert made("prod", "frankfurt") == made("prod", "eu-central-1")


def test_a_file_that_would_be_refused_is_not_written() -> None:
    catalogue = shipped().with_more({"x-north-1": ("x-north-1a", "x-north-1b")}, {})

    with pytest.raises(NewStackError, match=r"would not pass the checks:\nalicloud:region"):
        new_stack("prod", "x-north-1", catalogue, CHECKOUT)


@pytest.mark.parametrize(("environment", "production"), [("prod", True), ("production", True), ("staging", False)])
def test_production_is_what_is_called_so(environment: str, production: bool) -> None:
    config = yaml.safe_load(made(environment).text)["config"]

    assert project_keys(config)["production"] is production


def test_its_gateway_is_not_open_to_everyone() -> None:
    """The policy pack refuses an open one in production."""
    assert project_keys(yaml.safe_load(made("prod").text)["config"])["gateway"]["allowCidrs"] == ["203.0.113.0/24"]


def test_its_network_is_apart_from_those_of_the_other_files(tmp_path: Path) -> None:
    def cidr(folder: Path) -> IPv4Network:
        return IPv4Network(project_keys(yaml.safe_load(made(folder=folder).text)["config"])["network"]["cidr"])

    others = [IPv4Network(stack_file(stack)["network"]["cidr"]) for stack in STACKS]
    assert [other for other in others if cidr(CHECKOUT).overlaps(other)] == []

    (tmp_path / "Pulumi.broken.yaml").write_text("config: [", encoding="utf-8")
    first = write(made("a", folder=tmp_path), tmp_path)
    assert "10.32.0.0/16" in first.read_text(encoding="utf-8")
    assert cidr(tmp_path) == IPv4Network("10.48.0.0/16")


def test_no_free_range_is_said(tmp_path: Path) -> None:
    taken = yaml.safe_dump({"config": {"ack-stable-diffusion:network": {"cidr": "10.0.0.0/8"}}})
    (tmp_path / "Pulumi.large.yaml").write_text(taken, encoding="utf-8")

    with pytest.raises(NewStackError, match=r"no range .* is free\. Mend: "):
        made(folder=tmp_path)


def test_a_file_that_is_there_stays_as_it_is(tmp_path: Path) -> None:
    path = write(made(folder=tmp_path), tmp_path)
    path.write_text("mine", encoding="utf-8")

    with pytest.raises(NewStackError, match=r"Pulumi\.staging-singapore\.yaml is there already .* Mend: "):
        write(made(folder=tmp_path), tmp_path)

    assert path.read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("environment", ["", "Prod", "prod/../..", "-x", "x-", "a" * 21, "1st"])
def test_an_environment_that_is_no_name_is_refused(environment: str) -> None:
    with pytest.raises(NewStackError, match=r"names no environment\. Allowed: .* Mend: make new-stack ENV=prod"):
        made(environment)


@pytest.mark.parametrize(
    ("region", "mend"),
    [
        ("ap-southeast-2", "did you mean ap-southeast-"),
        ("singapor", "did you mean singapore"),
        ("", "take one of these"),
    ],
)
def test_an_unknown_region_is_answered_with_those_there_are(region: str, mend: str) -> None:
    with pytest.raises(NewStackError, match=r"Allowed: .*eu-central-1 \(frankfurt\).*Mend: " + mend):
        made(region=region)


def test_it_says_what_a_preview_will_warn_of() -> None:
    assert [text for text in made(region="us-east-1").warnings if "zones of us-east-1 are a guess" in text]
