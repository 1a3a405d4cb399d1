"""VPC 2016-04-28 through the vendor's SDK."""

import pytest

from tests.sdk.conftest import Open
from tests.sdk.vendor import REGION, Vendor


@pytest.fixture(scope="module")
def vpc(sdk: Open) -> Vendor:
    return sdk("vpc")


def network(vpc: Vendor) -> str:
    identity: str = vpc.call("CreateVpc", RegionId=REGION, CidrBlock="10.0.0.0/8", VpcName="net").vpc_id
    return identity


def test_a_vpc_is_made_shown_renamed_tagged_listed_and_deleted(vpc: Vendor) -> None:
    identity = network(vpc)
    shown = vpc.call("DescribeVpcAttribute", RegionId=REGION, VpcId=identity)
    assert (shown.vpc_name, shown.cidr_block, shown.status) == ("net", "10.0.0.0/8", "Available")

    vpc.call("ModifyVpcAttribute", RegionId=REGION, VpcId=identity, VpcName="other")
    tag = {"Key": "stack", "Value": "dev"}
    named = {"RegionId": REGION, "ResourceType": "VPC", "ResourceId": [identity]}
    vpc.call("TagResources", **named, Tag=[tag])
    [row] = vpc.call("ListTagResources", **named).tag_resources.tag_resource
    assert (row.resource_id, row.tag_key, row.tag_value) == (identity, "stack", "dev")
    [listed] = vpc.call("DescribeVpcs", RegionId=REGION, VpcId=identity).vpcs.vpc
    assert listed.vpc_name == "other"
    assert [(tag.key, tag.value) for tag in listed.tags.tag] == [("stack", "dev")]
    vpc.call("UnTagResources", **named, TagKey=["stack"])
    assert vpc.call("ListTagResources", **named).tag_resources.tag_resource == []

    tables = vpc.call("DescribeRouteTableList", RegionId=REGION, VpcId=identity).router_table_list
    assert [table.route_table_type for table in tables.router_table_list_type] == ["System"]
    vpc.call("DeleteVpc", RegionId=REGION, VpcId=identity)
    assert vpc.refused("DescribeVpcAttribute", RegionId=REGION, VpcId=identity) == "InvalidVpcId.NotFound"


def test_a_vswitch_keeps_its_vpc(vpc: Vendor) -> None:
    identity = network(vpc)
    wanted = {"RegionId": REGION, "VpcId": identity, "ZoneId": f"{REGION}-l", "CidrBlock": "10.1.0.0/16"}
    switch = vpc.call("CreateVSwitch", **wanted, VSwitchName="l").v_switch_id
    assert vpc.call("DescribeVSwitchAttributes", RegionId=REGION, VSwitchId=switch).zone_id == f"{REGION}-l"
    [listed] = vpc.call("DescribeVSwitches", RegionId=REGION, VpcId=identity).v_switches.v_switch
    assert listed.v_switch_id == switch
    vpc.call("ModifyVSwitchAttribute", RegionId=REGION, VSwitchId=switch, VSwitchName="other")

    assert vpc.refused("DeleteVpc", RegionId=REGION, VpcId=identity) == "DependencyViolation.VSwitch"
    vpc.call("DeleteVSwitch", RegionId=REGION, VSwitchId=switch)
    vpc.call("DeleteVpc", RegionId=REGION, VpcId=identity)


def test_a_long_list_comes_in_pages(vpc: Vendor) -> None:
    made = [network(vpc) for _ in range(11)]

    pages = [vpc.call("DescribeVpcs", RegionId=REGION, PageNumber=number, PageSize=10) for number in (1, 2)]
    assert [item.vpc_id for answer in pages for item in answer.vpcs.vpc] == made
    assert [(answer.total_count, answer.page_number) for answer in pages] == [(11, 1), (11, 2)]
    assert len(vpc.call("DescribeVpcs", RegionId=REGION).vpcs.vpc) == 10
    assert vpc.refused("DescribeVpcs", RegionId=REGION, PageSize=51) == "InvalidParameter.PageSize"

    tags = [{"Key": "stack", "Value": "dev"}]
    named = {"RegionId": REGION, "ResourceType": "VPC", "ResourceId": made}
    vpc.call("TagResources", **named, Tag=tags)
    first = vpc.call("ListTagResources", **named, MaxResults=6)
    rest = vpc.call("ListTagResources", **named, MaxResults=6, NextToken=first.next_token)
    rows = [row.resource_id for answer in (first, rest) for row in answer.tag_resources.tag_resource]
    assert (rows, rest.next_token) == (made, "")
    for identity in made:
        vpc.call("DeleteVpc", RegionId=REGION, VpcId=identity)


def test_a_nat_gateway_with_address_and_snat_entry(vpc: Vendor) -> None:
    identity = network(vpc)
    wanted = {"RegionId": REGION, "VpcId": identity, "ZoneId": f"{REGION}-l", "CidrBlock": "10.1.0.0/16"}
    switch = vpc.call("CreateVSwitch", **wanted).v_switch_id
    made = vpc.call("CreateNatGateway", RegionId=REGION, VpcId=identity, VSwitchId=switch, NatType="Enhanced")
    gateway, [table] = made.nat_gateway_id, made.snat_table_ids.snat_table_id
    address = vpc.call("AllocateEipAddress", RegionId=REGION, Bandwidth="10", InstanceChargeType="PostPaid")
    bound = {"RegionId": REGION, "AllocationId": address.allocation_id, "InstanceId": gateway, "InstanceType": "Nat"}
    vpc.call("AssociateEipAddress", **bound)
    [shown] = vpc.call(
        "DescribeEipAddresses", RegionId=REGION, AllocationId=address.allocation_id
    ).eip_addresses.eip_address
    assert (shown.ip_address, shown.instance_id, shown.status) == (address.eip_address, gateway, "InUse")
    vpc.call("ModifyEipAddressAttribute", RegionId=REGION, AllocationId=address.allocation_id, Bandwidth="20")
    [shown] = vpc.call(
        "DescribeEipAddresses", RegionId=REGION, AllocationId=address.allocation_id
    ).eip_addresses.eip_address
    assert shown.bandwidth == "20"
    own = {"RegionId": REGION, "InstanceId": address.allocation_id, "InstanceType": "EIP"}
    assert vpc.call("DescribeHighDefinitionMonitorLogAttribute", **own).log_project == ""

    entry = {"RegionId": REGION, "SnatTableId": table, "SourceVSwitchId": switch, "SnatIp": address.eip_address}
    snat = vpc.call("CreateSnatEntry", **entry).snat_entry_id
    [row] = vpc.call("DescribeSnatTableEntries", RegionId=REGION, SnatTableId=table).snat_table_entries.snat_table_entry
    assert (row.snat_entry_id, row.snat_ip) == (snat, address.eip_address)
    vpc.call("ModifySnatEntry", RegionId=REGION, SnatTableId=table, SnatEntryId=snat, SnatEntryName="pods")
    vpc.call("ModifyNatGatewayAttribute", RegionId=REGION, NatGatewayId=gateway, Name="other")
    vpc.call("ModifyNatGatewaySpec", RegionId=REGION, NatGatewayId=gateway, Spec="Small")
    [listed] = vpc.call("DescribeNatGateways", RegionId=REGION, NatGatewayId=gateway).nat_gateways.nat_gateway
    assert (listed.vpc_id, listed.name, listed.status) == (identity, "other", "Available")

    assert vpc.refused("DeleteNatGateway", RegionId=REGION, NatGatewayId=gateway) == "DependencyViolation.SNAT"
    vpc.call("DeleteSnatEntry", RegionId=REGION, SnatTableId=table, SnatEntryId=snat)
    vpc.call("UnassociateEipAddress", **bound)
    vpc.call("ReleaseEipAddress", RegionId=REGION, AllocationId=address.allocation_id)
    vpc.call("DeleteNatGateway", RegionId=REGION, NatGatewayId=gateway)
    vpc.call("DeleteVSwitch", RegionId=REGION, VSwitchId=switch)
    vpc.call("DeleteVpc", RegionId=REGION, VpcId=identity)


def test_a_key_that_is_not_the_accounts_is_refused(sdk: Open) -> None:
    assert sdk("vpc", ("unknown", "secret")).refused("DescribeVpcs", RegionId=REGION) == "InvalidAccessKeyId.NotFound"
