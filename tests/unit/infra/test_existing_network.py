"""A network that others own: what is refused, and what reaches the cluster."""

from typing import Any

import pytest

from infra.stack import build
from tests.unit.conftest import Engine
from tests.unit.infra.samples import assert_told, found, guide, loaded

NODES = {"cn-shanghai-m": "vsw-nodesm", "cn-shanghai-l": "vsw-nodesl"}
PODS = {"cn-shanghai-m": "vsw-podsm", "cn-shanghai-l": "vsw-podsl"}
EXISTING = {"vpcId": "vpc-1", "vswitches": NODES, "podVswitches": PODS}


def existing(**changes: Any) -> dict[str, Any]:
    return {"network__existing": {**EXISTING, **changes}}


# change → path, and a part of: found, allowed, mend
PROBLEMS: dict[str, tuple[dict[str, Any], str, str, str, str]] = {
    "zone without a vSwitch": (
        existing(vswitches={"cn-shanghai-l": "vsw-1", "cn-shanghai-n": "vsw-2"}),
        "network.existing.vswitches.cn-shanghai-m", "nothing", "cn-shanghai-l, cn-shanghai-m", "add cn-shanghai-m:",
    ),
    "vSwitch in a zone that is not the stack's": (
        existing(vswitches={**NODES, "cn-beijing-h": "vsw-3"}),
        "network.existing.vswitches.cn-beijing-h", "vsw-3", "for each of network.zones", "add the zone",
    ),
    "one vSwitch for two zones": (
        existing(vswitches={"cn-shanghai-l": "vsw-1", "cn-shanghai-m": "vsw-1"}),
        "network.existing.vswitches.cn-shanghai-m", '"vsw-1", as in cn-shanghai-l', "in one zone", "correct",
    ),
    "one vSwitch alone": (
        existing(vswitches={"cn-shanghai-l": "vsw-1"}),
        "network.existing.vswitches", "a map", "2 entries", "",
    ),
    "Terway without vSwitches for pods": (
        existing(podVswitches={}),
        "network.existing.podVswitches.cn-shanghai-l", "nothing", "for each of network.zones", "add cn-shanghai-l:",
    ),
    "overlay with vSwitches for pods": (
        {**existing(), "cluster__podNetwork": "flannel"},
        "network.existing.podVswitches", "a map", "nothing with cluster.podNetwork flannel", "remove it",
    ),
    "bandwidth of somebody else's way out": (
        {**existing(), "network__egressMbps": 100},
        "network.egressMbps", "100", "belongs to the VPC's owner", "remove it",
    ),
    "name instead of an id": (
        existing(vpcId="production"), "network.existing.vpcId", '"production"', "the id of a VPC", "correct",
    ),
    "VPC's id for a vSwitch": (
        existing(vswitches={**NODES, "cn-shanghai-l": "vpc-1"}),
        "network.existing.vswitches.cn-shanghai-l", '"vpc-1"', "the id of a vSwitch", "correct",
    ),
    "services in the VPC's own range": (
        {**existing(), "cluster__serviceCidr": "10.32.0.0/20"},
        "cluster.serviceCidr", "10.32.0.0/20", "apart from network.cidr", "another",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("changes", "path", "value", "allowed", "mend"), PROBLEMS.values(), ids=PROBLEMS.keys())
def test_a_problem_is_found_and_told(changes: dict[str, Any], path: str, value: str, allowed: str, mend: str) -> None:
    assert_told(found(guide(**changes))[path], value, allowed, mend)


def test_how_large_somebody_elses_vpc_is_is_not_the_stacks_business() -> None:
    assert found(guide(**existing(), network__cidr="100.64.0.0/24")) == {}


def test_cluster_and_pools_stand_in_the_existing_vswitches_in_the_order_of_the_zones(engine: Engine) -> None:
    settings = loaded(guide(**existing(), production=True))

    recorded = engine(lambda: build(settings, "ack-stable-diffusion", "test"), preview=True)

    cluster = recorded.only("alicloud:cs/managedKubernetes:ManagedKubernetes").inputs
    assert cluster["vswitchIds"] == ["vsw-nodesl", "vsw-nodesm"]
    assert cluster["podVswitchIds"] == ["vsw-podsl", "vsw-podsm"]
    assert recorded.named("gn5-pool").inputs["vswitchIds"] == ["vsw-nodesl", "vsw-nodesm"]
    assert not [one.typ for one in recorded.registrations if one.typ.startswith(("alicloud:vpc", "alicloud:ecs"))]
    assert recorded.protected == {"ack-cluster", "ack-system", "gn5-pool"}


def test_an_overlay_needs_no_vswitches_for_pods(engine: Engine) -> None:
    settings = loaded(guide(**existing(podVswitches={}), cluster__podNetwork="flannel"))

    recorded = engine(lambda: build(settings, "ack-stable-diffusion", "test"), preview=True)

    assert "podVswitchIds" not in recorded.only("alicloud:cs/managedKubernetes:ManagedKubernetes").inputs
