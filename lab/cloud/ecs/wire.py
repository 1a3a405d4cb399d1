"""ECS 2014-05-26: actions on security groups, and what is for sale."""

from collections.abc import Mapping
from typing import Any

from lab.cloud.actions import Tagged, delete, modify
from lab.cloud.ecs.models import SecurityGroups
from lab.cloud.ecs.stock import Stock
from lab.cloud.offers import account_attributes, available_resource
from lab.cloud.pages import after_token, page
from lab.cloud.rpc import RpcProduct, RpcRequest
from lab.cloud.tags import tag_actions


def ecs_product(groups: SecurityGroups, stock: Stock) -> RpcProduct:
    def create(request: RpcRequest) -> Mapping[str, Any]:
        group = groups.create(request.parameters, request.region)
        groups.groups.change(group.security_group_id, resource_tags=request.tags())
        return {"SecurityGroupId": group.security_group_id}

    def describe(request: RpcRequest) -> Mapping[str, Any]:
        wanted = request.get("SecurityGroupId")
        found = [group.shown() for group in groups.groups.all() if wanted in ("", group.security_group_id)]
        if request.get("NextToken") or request.get("MaxResults"):
            rows, following = after_token(request, found)
            return {"SecurityGroups": {"SecurityGroup": rows}, "NextToken": following}
        rows, about = page(request.parameters, found, most=100)
        return {"SecurityGroups": {"SecurityGroup": rows}, **about}

    def describe_attribute(request: RpcRequest) -> Mapping[str, Any]:
        group = groups.groups.get(request.need("SecurityGroupId"))
        return group.shown(Permissions={"Permission": []})

    return RpcProduct(
        "ecs",
        {
            "CreateSecurityGroup": create,
            "DescribeAccountAttributes": account_attributes,
            "DescribeAvailableResource": lambda request: available_resource(request, stock),
            "DescribeSecurityGroups": describe,
            "DescribeSecurityGroupAttribute": describe_attribute,
            "ModifySecurityGroupAttribute": modify(
                groups.groups, "SecurityGroupId", "SecurityGroupName", "Description"
            ),
            "ModifySecurityGroupPolicy": modify(groups.groups, "SecurityGroupId", "InnerAccessPolicy"),
            "DeleteSecurityGroup": delete(groups.delete, "SecurityGroupId"),
            **tag_actions(Tagged([groups.groups])),
        },
    )
