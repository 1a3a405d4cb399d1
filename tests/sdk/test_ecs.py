"""ECS 2014-05-26 through the vendor's SDK."""

from lab.lifecycle import control
from tests.sdk.conftest import Open
from tests.sdk.vendor import REGION
from tests.unit.lab.layouts import LayoutInFolder


def test_a_security_group_is_made_shown_tagged_and_deleted(sdk: Open) -> None:
    ecs, vpc = sdk("ecs"), sdk("vpc")
    network = vpc.call("CreateVpc", RegionId=REGION, CidrBlock="10.0.0.0/8").vpc_id
    tags = [{"Key": "stack", "Value": "dev"}]
    wanted = {"RegionId": REGION, "VpcId": network, "SecurityGroupName": "nodes", "Tag": tags}
    group = ecs.call("CreateSecurityGroup", **wanted).security_group_id
    ecs.call("ModifySecurityGroupAttribute", RegionId=REGION, SecurityGroupId=group, SecurityGroupName="other")
    ecs.call("ModifySecurityGroupPolicy", RegionId=REGION, SecurityGroupId=group, InnerAccessPolicy="Drop")

    [listed] = ecs.call("DescribeSecurityGroups", RegionId=REGION, SecurityGroupId=group).security_groups.security_group
    assert (listed.vpc_id, listed.security_group_name) == (network, "other")
    assert [(tag.tag_key, tag.tag_value) for tag in listed.tags.tag] == [("stack", "dev")]
    pieces = ecs.call("DescribeSecurityGroups", RegionId=REGION, MaxResults=10)
    assert [one.security_group_id for one in pieces.security_groups.security_group] == [group]
    shown = ecs.call("DescribeSecurityGroupAttribute", RegionId=REGION, SecurityGroupId=group)
    assert shown.inner_access_policy == "Drop"
    named = {"RegionId": REGION, "ResourceType": "securitygroup", "ResourceId": [group]}
    ecs.call("TagResources", **named, Tag=[{"Key": "team", "Value": "a"}])
    ecs.call("UntagResources", **named, TagKey=["stack"])
    rows = ecs.call("ListTagResources", **named).tag_resources.tag_resource
    assert [(row.tag_key, row.tag_value) for row in rows] == [("team", "a")]

    assert vpc.refused("DeleteVpc", RegionId=REGION, VpcId=network) == "DependencyViolation.SecurityGroup"
    ecs.call("DeleteSecurityGroup", RegionId=REGION, SecurityGroupId=group)
    vpc.call("DeleteVpc", RegionId=REGION, VpcId=network)


def test_what_is_for_sale_and_the_limits_are_read(sdk: Open) -> None:
    ecs = sdk("ecs")

    sold = ecs.call("DescribeAvailableResource", RegionId=REGION, DestinationResource="InstanceType")
    zone = sold.available_zones.available_zone[0]
    assert zone.zone_id.startswith(REGION)
    assert zone.available_resources.available_resource[0].supported_resources.supported_resource[0].value
    limits = ecs.call("DescribeAccountAttributes", RegionId=REGION).account_attribute_items.account_attribute_item
    assert all(limit.attribute_values.value_item for limit in limits)


def test_what_is_sold_out_in_a_zone_is_read_as_that(sdk: Open, layout: LayoutInFolder) -> None:
    zone, kind = f"{REGION}-l", "ecs.gn7i-c8g1.2xlarge"
    with control(layout) as account:
        account.put("/lab/stock", json=[{"zone": zone, "instance_type": kind}]).raise_for_status()
        listed = sdk("ecs").call("DescribeAvailableResource", RegionId=REGION, DestinationResource="InstanceType")
        account.put("/lab/stock", json=[]).raise_for_status()

    found = {
        (one.zone_id, type_.value): (type_.status, type_.status_category)
        for one in listed.available_zones.available_zone
        for type_ in one.available_resources.available_resource[0].supported_resources.supported_resource
    }
    assert found[zone, kind] == ("SoldOut", "WithoutStock")
    assert found[f"{REGION}-m", kind] == ("Available", "WithStock")
