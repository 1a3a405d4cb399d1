"""VPC, vSwitches, NAT, SNAT and EIPs, as the provider reads them and as the real API refuses."""

from typing import Any

import pytest

from tests.unit.lab.cloud.api import Api, RefusedError


def nat_with_address(api: Api) -> dict[str, str]:
    """A VPC whose vSwitch gets out through a bound address."""
    vpc = api.vpc()
    vswitch = api.vswitch(vpc)
    gateway = api.rpc("vpc", "CreateNatGateway", VpcId=vpc, VSwitchId=vswitch, Name="nat", NatType="Enhanced")
    address = api.rpc("vpc", "AllocateEipAddress", Bandwidth="100", Name="out", InternetChargeType="PayByTraffic")
    api.rpc("vpc", "AssociateEipAddress", AllocationId=address["AllocationId"], InstanceId=gateway["NatGatewayId"])
    table = gateway["SnatTableIds"]["SnatTableId"][0]
    entry = api.rpc("vpc", "CreateSnatEntry", SnatTableId=table, SnatIp=address["EipAddress"], SourceVSwitchId=vswitch)
    return {
        "VpcId": vpc,
        "VSwitchId": vswitch,
        "NatGatewayId": gateway["NatGatewayId"],
        "AllocationId": address["AllocationId"],
        "SnatTableId": table,
        "SnatEntryId": entry["SnatEntryId"],
    }


def test_a_vpc_reads_back_what_it_was_created_with_and_has_a_system_route_table(api: Api) -> None:
    created = api.rpc("vpc", "CreateVpc", CidrBlock="10.0.0.0/8", VpcName="net", RegionId="cn-shanghai")

    read = api.rpc("vpc", "DescribeVpcAttribute", VpcId=created["VpcId"])
    assert (read["CidrBlock"], read["VpcName"], read["Status"]) == ("10.0.0.0/8", "net", "Available")
    assert read["RegionId"] == "cn-shanghai"
    (table,) = api.rpc("vpc", "DescribeRouteTableList", VpcId=created["VpcId"])["RouterTableList"][
        "RouterTableListType"
    ]
    assert (table["RouteTableType"], table["RouteTableId"]) == ("System", created["RouteTableId"])


DESCRIBED: list[tuple[str, str, str, dict[str, Any]]] = [
    ("DescribeVSwitchAttributes", "VSwitchId", "", {"ZoneId": "cn-shanghai-l", "CidrBlock": "10.1.0.0/16"}),
    (
        "DescribeNatGateways",
        "NatGatewayId",
        "NatGateways.NatGateway",
        {"Name": "nat", "InstanceChargeType": "PostPaid"},
    ),
    ("DescribeEipAddresses", "AllocationId", "EipAddresses.EipAddress", {"Bandwidth": "100", "Status": "InUse"}),
    ("DescribeSnatTableEntries", "SnatEntryId", "SnatTableEntries.SnatTableEntry", {"Status": "Available"}),
]


@pytest.mark.parametrize(("action", "key", "within", "expected"), DESCRIBED)
def test_each_object_reads_back_with_the_fields_that_the_provider_compares(
    api: Api, action: str, key: str, within: str, expected: dict[str, Any]
) -> None:
    ids = nat_with_address(api)

    read: Any = api.rpc("vpc", action, **{key: ids[key]})
    for part in within.split(".") if within else []:
        read = read[part]
    (item,) = read if within else [read]
    assert {name: item[name] for name in expected} == expected
    assert item[key] == ids[key]


def test_a_nat_gateway_shows_what_the_provider_panics_without(api: Api) -> None:
    ids = nat_with_address(api)

    (gateway,) = api.rpc("vpc", "DescribeNatGateways", VpcId=ids["VpcId"])["NatGateways"]["NatGateway"]
    assert gateway["SnatTableIds"]["SnatTableId"] == [ids["SnatTableId"]]
    assert len(gateway["ForwardTableIds"]["ForwardTableId"]) == 1
    assert gateway["NatGatewayPrivateInfo"]["VswitchId"] == ids["VSwitchId"]


IN_USE = [
    ("DeleteVpc", "VpcId", "DependencyViolation.VSwitch", "vSwitch vsw-"),
    ("DeleteVSwitch", "VSwitchId", "DependencyViolation.EnhancedNatgw", "NAT gateway ngw-"),
    ("DeleteNatGateway", "NatGatewayId", "DependencyViolation.SNAT", "SNAT entry snat-"),
    ("UnassociateEipAddress", "AllocationId", "InvalidIpStatus.HasBeenUsedBySnatTable", "SNAT entry snat-"),
    ("ReleaseEipAddress", "AllocationId", "IncorrectEipStatus", "in use by ngw-"),
]


@pytest.mark.parametrize(("action", "key", "code", "holder"), IN_USE)
def test_what_is_in_use_cannot_be_deleted_and_the_refusal_names_the_holder(
    api: Api, action: str, key: str, code: str, holder: str
) -> None:
    ids = nat_with_address(api)

    with pytest.raises(RefusedError) as refused:
        api.rpc("vpc", action, **{key: ids[key]})
    assert (refused.value.status, refused.value.code) == (400, code)
    assert holder in refused.value.message


def test_everything_can_be_deleted_from_the_inside_out(api: Api) -> None:
    ids = nat_with_address(api)

    api.rpc("vpc", "DeleteSnatEntry", SnatEntryId=ids["SnatEntryId"], SnatTableId=ids["SnatTableId"])
    api.rpc("vpc", "UnassociateEipAddress", AllocationId=ids["AllocationId"])
    api.rpc("vpc", "ReleaseEipAddress", AllocationId=ids["AllocationId"])
    api.rpc("vpc", "DeleteNatGateway", NatGatewayId=ids["NatGatewayId"])
    api.rpc("vpc", "DeleteVSwitch", VSwitchId=ids["VSwitchId"])
    api.rpc("vpc", "DeleteVpc", VpcId=ids["VpcId"])

    assert api.lab("GET", "/lab/left") == {}


MISSING = [
    ("DescribeVpcAttribute", "VpcId", "InvalidVpcId.NotFound"),
    ("DescribeVSwitchAttributes", "VSwitchId", "InvalidVswitchID.NotFound"),
    ("DeleteNatGateway", "NatGatewayId", "InvalidNatGatewayId.NotFound"),
    ("ReleaseEipAddress", "AllocationId", "InvalidAllocationId.NotFound"),
    ("DeleteSnatEntry", "SnatEntryId", "InvalidSnatEntryId.NotFound"),
]


@pytest.mark.parametrize(("action", "key", "code"), MISSING)
def test_an_id_that_does_not_exist_is_answered_with_404_and_the_code_the_provider_knows(
    api: Api, action: str, key: str, code: str
) -> None:
    with pytest.raises(RefusedError) as refused:
        api.rpc("vpc", action, **{key: "nope"})
    assert (refused.value.status, refused.value.code) == (404, code)


def test_an_snat_entry_needs_an_address_that_is_bound_to_the_gateway(api: Api) -> None:
    vpc = api.vpc()
    gateway = api.rpc("vpc", "CreateNatGateway", VpcId=vpc, VSwitchId=api.vswitch(vpc))
    table = gateway["SnatTableIds"]["SnatTableId"][0]

    with pytest.raises(RefusedError) as refused:
        api.rpc("vpc", "CreateSnatEntry", SnatTableId=table, SnatIp="203.0.113.200")
    assert refused.value.code == "EIP_NOT_IN_GATEWAY"
    assert "associate it first" in refused.value.message


def test_no_two_addresses_are_the_same(api: Api) -> None:
    allocated = [api.rpc("vpc", "AllocateEipAddress")["EipAddress"] for _ in range(3)]

    assert len(set(allocated)) == 3


def test_a_released_address_may_be_given_out_again(api: Api) -> None:
    first = api.rpc("vpc", "AllocateEipAddress")
    api.rpc("vpc", "ReleaseEipAddress", AllocationId=first["AllocationId"])

    assert api.rpc("vpc", "AllocateEipAddress")["EipAddress"] == first["EipAddress"]


def test_tags_are_set_changed_and_removed(api: Api) -> None:
    vpc = api.vpc()
    two = {"Tag__1__Key": "app", "Tag__1__Value": "sd", "Tag__2__Key": "env", "Tag__2__Value": "dev"}
    api.rpc("vpc", "TagResources", ResourceType="VPC", ResourceId__1=vpc, **two)
    api.rpc("vpc", "TagResources", ResourceType="VPC", ResourceId__1=vpc, Tag__1__Key="app", Tag__1__Value="ui")
    api.rpc("vpc", "UnTagResources", ResourceType="VPC", ResourceId__1=vpc, TagKey__1="env")

    listed = api.rpc("vpc", "ListTagResources", ResourceType="VPC", ResourceId__1=vpc)["TagResources"]["TagResource"]
    assert listed == [{"ResourceId": vpc, "ResourceType": "VPC", "TagKey": "app", "TagValue": "ui"}]
    shown = api.rpc("vpc", "DescribeVpcAttribute", VpcId=vpc)["Tags"]["Tag"]
    assert [(tag["Key"], tag["Value"]) for tag in shown] == [("app", "ui")]


def test_only_the_fields_given_are_modified(api: Api) -> None:
    vpc = api.vpc()
    api.rpc("vpc", "ModifyVpcAttribute", VpcId=vpc, Description="for images")

    read = api.rpc("vpc", "DescribeVpcAttribute", VpcId=vpc)
    assert (read["VpcName"], read["Description"]) == ("net", "for images")


def test_a_security_group_reads_back_and_holds_its_vpc(api: Api) -> None:
    vpc = api.vpc()
    group = api.rpc("ecs", "CreateSecurityGroup", VpcId=vpc, SecurityGroupName="sg")["SecurityGroupId"]

    (read,) = api.rpc("ecs", "DescribeSecurityGroups", SecurityGroupId=group)["SecurityGroups"]["SecurityGroup"]
    assert (read["SecurityGroupName"], read["VpcId"]) == ("sg", vpc)
    with pytest.raises(RefusedError, match=f"security group {group}"):
        api.rpc("vpc", "DeleteVpc", VpcId=vpc)
    api.rpc("ecs", "DeleteSecurityGroup", SecurityGroupId=group)
    api.rpc("vpc", "DeleteVpc", VpcId=vpc)


def test_a_security_group_is_held_by_its_cluster(api: Api) -> None:
    group = api.rpc("ecs", "CreateSecurityGroup", SecurityGroupName="sg")["SecurityGroupId"]
    cluster = api.cluster(security_group_id=group)

    with pytest.raises(RefusedError, match=f"cluster {cluster}") as refused:
        api.rpc("ecs", "DeleteSecurityGroup", SecurityGroupId=group)
    assert refused.value.code == "DependencyViolation"
    api.finish(api.cs("DELETE", f"/clusters/{cluster}"))
    api.rpc("ecs", "DeleteSecurityGroup", SecurityGroupId=group)
