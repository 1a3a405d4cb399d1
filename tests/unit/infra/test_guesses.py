"""What of a stack rests on something that nobody read or saw is said once per kind."""

from dataclasses import replace

import pytest

from infra.catalogue import Source, Version, shipped
from infra.checks.subject import Subject
from infra.guesses import guesses
from infra.settings.parse import parse
from infra.settings.wording import Wording
from tests.unit.infra.samples import NAMESPACE, guide, warnings

L20 = ["ecs.gn8is.2xlarge", "ecs.gn8is.4xlarge"]
GUESS = Source(text="nowhere", date="today", confidence="guess")


def test_the_guides_set_up_rests_on_no_guess() -> None:
    assert [text for text in warnings(guide()) if "guess" in text] == []


def test_guessed_figures_of_all_pools_are_one_warning() -> None:
    pools = {"a": {"instanceTypes": L20, "maxSize": 10}, "b": {"instanceTypes": L20[:1], "maxSize": 1}}

    (text,) = warnings(guide(gpuPools=pools))

    assert text.startswith(f"{NAMESPACE}:gpuPools: ")
    assert all(name in text for name in L20)
    assert "catalogue.gpuTypes" in text


def test_figures_that_the_stack_file_gives_are_no_guess() -> None:
    facts = {"vcpus": 8, "memory": 64, "gpus": 1, "gpu": "L20", "gpuMemory": 48, "enis": 4, "ipsPerEni": 15}
    pools = {"a": {"instanceTypes": L20[:1], "maxSize": 10}}
    catalogue = {"gpuTypes": {L20[0]: {**facts, "disks": ["cloud_essd"]}}}

    assert warnings(guide(gpuPools=pools, catalogue=catalogue)) == []


@pytest.mark.parametrize(("region", "guessed"), [("us-east-1", True), ("eu-central-1", False)])
def test_zones_from_memory_are_warned_of(region: str, guessed: bool) -> None:
    texts = warnings(guide(network__zones=[f"{region}a", f"{region}b"]), region)

    assert any(f"zones of {region} are a guess" in text for text in texts) is guessed


def test_a_guessed_version_is_warned_of_unless_it_is_written_in_full() -> None:
    catalogue = replace(shipped(), versions={"1.36": Version(full="1.36.1-aliyun.1", source=GUESS)})

    def said(version: str) -> list[str]:
        _, draft, _ = parse(guide(cluster__version=version), Wording(NAMESPACE))
        return list(guesses(Subject(draft, "cn-shanghai", catalogue, Wording(NAMESPACE))))

    assert "cluster.version: that ACK calls 1.36 1.36.1-aliyun.1 is a guess" in said("1.36")[0]
    assert said("1.36.1-aliyun.1") == []
