"""What components of these tests stand on."""

import pulumi
import pulumi_alicloud as alicloud
import pulumi_kubernetes as kubernetes


def provider() -> kubernetes.Provider:
    """A provider called `cluster`."""
    return kubernetes.Provider("cluster", kubeconfig="apiVersion: v1")


def node_pool(name: str) -> pulumi.Resource:
    """Something to wait for."""
    return alicloud.cs.NodePool(name, cluster_id="c1", node_pool_name=name)
