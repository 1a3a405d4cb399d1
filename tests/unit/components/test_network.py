from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pulumi
import pytest

from components.network import ExistingNetworkArgs, Network, NetworkArgs, ZoneArgs
from tests.unit.conftest import Engine

ZONES = [
    ZoneArgs("cn-shanghai-l", "10.32.0.0/20", "10.32.128.0/20"),
    ZoneArgs("cn-shanghai-m", "10.32.16.0/20", "10.32.144.0/20"),
]


ARGS = NetworkArgs(network_name="sd-dev", cidr="10.32.0.0/16", zones=ZONES, tags={"stack": "dev"})


def network() -> Network:
    return Network("net", ARGS)


def test_every_zone_has_a_vswitch_for_nodes_and_one_for_pods(engine: Engine) -> None:
    recorded = engine(network)

    placed = {(one.inputs["zoneId"], one.inputs["cidrBlock"]) for one in recorded.all("alicloud:vpc/switch:Switch")}
    assert placed == {(z.zone_id, cidr) for z in ZONES for cidr in (z.node_cidr, z.pod_cidr)}


def test_every_vswitch_lies_in_the_vpc_because_the_provider_takes_one_without(engine: Engine) -> None:
    recorded = engine(network)

    assert {one.inputs["vpcId"] for one in recorded.all("alicloud:vpc/switch:Switch")} == {"vpc-netvpc"}


def test_every_vswitch_gets_a_way_out_through_the_one_public_address(engine: Engine) -> None:
    recorded = engine(network)

    entries = recorded.all("alicloud:vpc/snatEntry:SnatEntry")
    vswitches = {f"vsw-{one.name.replace('-', '')}" for one in recorded.all("alicloud:vpc/switch:Switch")}
    assert {one.inputs["sourceVswitchId"] for one in entries} == vswitches
    assert {one.inputs["snatIp"] for one in entries} == {"203.0.113.7"}


def test_the_way_out_waits_for_the_address_to_be_bound(engine: Engine) -> None:
    recorded = engine(network)

    for entry in recorded.all("alicloud:vpc/snatEntry:SnatEntry"):
        assert "net-association" in entry.dependencies


def test_what_cannot_be_had_back_is_protected_and_the_way_out_is_not(engine: Engine) -> None:
    recorded = engine(lambda: Network("net", replace(ARGS, protect=True)))

    vswitches = {one.name for one in recorded.all("alicloud:vpc/switch:Switch")}
    assert recorded.protected == {"net-vpc", *vswitches}
    assert engine(network).protected == set()


def test_children_belong_to_the_component(engine: Engine) -> None:
    recorded = engine(network)

    children = [one for one in recorded.registrations if one.typ.startswith("alicloud:")]
    assert {one.parent for one in children} == {"net"}
    assert len(children) == 1 + 4 + 1 + 1 + 1 + 4


@pytest.mark.parametrize("preview", [True, False])
def test_it_registers_the_same_resources_before_and_after_ids_are_known(engine: Engine, preview: bool) -> None:
    assert len(engine(network, preview=preview).registrations) == 13


def test_an_existing_network_is_passed_on_and_nothing_of_it_is_declared(
    engine: Engine, known: Callable[[pulumi.Output[Any]], list[Any]]
) -> None:
    passed: list[list[Any]] = []
    egress: list[pulumi.Resource] = []

    def adopt() -> None:
        adopted = Network("net", ExistingNetworkArgs("vpc-1", ["vsw-n1", "vsw-n2"], ["vsw-p1", "vsw-p2"]))
        passed.extend(known(one) for one in [adopted.vpc_id, *adopted.vswitch_ids, *adopted.pod_vswitch_ids])
        egress.extend(adopted.egress)

    recorded = engine(adopt, preview=True)

    assert [one.name for one in recorded.registrations] == ["net"]
    assert passed == [["vpc-1"], ["vsw-n1"], ["vsw-n2"], ["vsw-p1"], ["vsw-p2"]]
    assert egress == []


def test_another_address_range_is_another_vpc(engine: Engine) -> None:
    vpc = engine(network).only("alicloud:vpc/network:Network")

    assert list(vpc.request.replaceOnChanges) == ["cidrBlock"]
