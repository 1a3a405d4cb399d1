"""What the cloud adds to the resources of this program, and answers to its calls: ids of the form that the real ones
have, because the provider checks them."""

from collections.abc import Mapping
from typing import Any

from tests.unit.recorder import Computed, Registration

KUBECONFIG = "apiVersion: v1\nkind: Config\n"
ALB_DNS_NAME = "alb-0lab.cn-shanghai.alb.aliyuncsslb.com"

INVOKES: Mapping[str, Mapping[str, Any]] = {
    "alicloud:cs/getClusterCredential:getClusterCredential": {"id": "1", "kubeConfig": KUBECONFIG},
}


def _id(prefix: str) -> Computed:
    return lambda one: {"id": prefix + one.name.replace("-", "")}


def _nat_gateway(one: Registration) -> Mapping[str, Any]:
    return {"id": "ngw-1", "snatTableIds": "stb-1"}


def _node_pool(one: Registration) -> Mapping[str, Any]:
    return {"id": f"c1:np{one.name}", "nodePoolId": f"np{one.name}", "scalingGroupId": f"asg-{one.name}"}


def _alb_config(one: Registration) -> Mapping[str, Any]:
    return {"id": one.inputs["metadata"]["name"], "status": {"loadBalancer": {"id": "alb-1", "dnsname": ALB_DNS_NAME}}}


def _named(one: Registration) -> Mapping[str, Any]:
    """Kubernetes and Pulumi make up a name where the program gives none."""
    return {"metadata": {**one.inputs["metadata"], "name": one.inputs["metadata"].get("name", f"{one.name}-7f3a91c2")}}


COMPUTED: Mapping[str, Computed] = {
    "alicloud:vpc/network:Network": _id("vpc-"),
    "alicloud:vpc/switch:Switch": _id("vsw-"),
    "alicloud:vpc/natGateway:NatGateway": _nat_gateway,
    "alicloud:ecs/eipAddress:EipAddress": lambda one: {"id": "eip-1", "ipAddress": "203.0.113.7"},
    "alicloud:cs/managedKubernetes:ManagedKubernetes": lambda one: {"id": "c1"},
    "alicloud:cs/nodePool:NodePool": _node_pool,
    "kubernetes:alibabacloud.com/v1:AlbConfig": _alb_config,
    "kubernetes:core/v1:Secret": _named,
    "kubernetes:core/v1:Namespace": _named,
}
