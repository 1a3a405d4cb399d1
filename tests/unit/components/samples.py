"""What components of these tests stand on."""

import pulumi
import pulumi_alicloud as alicloud
import pulumi_kubernetes as kubernetes

from components.ack_cluster import AckClusterArgs, SystemPoolArgs, TerwayPods

CLUSTER_ARGS = AckClusterArgs(
    cluster_name="sd-dev",
    version="1.35.7-aliyun.1",
    vpc_id="vpc-1",
    vswitch_ids=["vsw-n1", "vsw-n2"],
    pods=TerwayPods(["vsw-p1", "vsw-p2"]),
    service_cidr="172.21.0.0/20",
    system_pool=SystemPoolArgs(["ecs.g7.xlarge"]),
)


def provider() -> kubernetes.Provider:
    """A provider called `cluster`."""
    return kubernetes.Provider("cluster", kubeconfig="apiVersion: v1")


def node_pool(name: str) -> pulumi.Resource:
    """Something to wait for."""
    return alicloud.cs.NodePool(name, cluster_id="c1", node_pool_name=name)
