"""ALB 2020-06-16, as far as it is asked directly: what somebody does at the console, beside the ingress controller."""

from collections.abc import Mapping
from typing import Any

from lab.cloud.actions import delete
from lab.cloud.alb.models import LoadBalancerRefusedError, LoadBalancers
from lab.cloud.errors import ApiError
from lab.cloud.offers import alb_zones
from lab.cloud.rpc import RpcProduct, RpcRequest


def alb_product(balancers: LoadBalancers) -> RpcProduct:
    def create(request: RpcRequest) -> Mapping[str, Any]:
        vswitch_ids = [value for name, value in sorted(request.parameters.items()) if name.endswith(".VSwitchId")]
        try:
            made = balancers.create_by_hand(request.need("LoadBalancerName"), vswitch_ids)
        except LoadBalancerRefusedError as error:
            raise ApiError("IllegalParam.ZoneMappings", str(error)) from error
        return {"LoadBalancerId": made.load_balancer_id}

    def show(request: RpcRequest) -> Mapping[str, Any]:
        known = balancers.load_balancers.get(request.need("LoadBalancerId"))
        zones = [{"VSwitchId": one} for one in known.vswitch_ids]
        about = {"LoadBalancerId": known.load_balancer_id, "LoadBalancerName": known.name, "DNSName": known.dns_name}
        return {**about, "LoadBalancerStatus": "Active", "ZoneMappings": zones}

    return RpcProduct(
        "alb",
        {
            "DescribeZones": alb_zones,
            "CreateLoadBalancer": create,
            "GetLoadBalancerAttribute": show,
            "DeleteLoadBalancer": delete(balancers.delete, "LoadBalancerId"),
        },
    )
