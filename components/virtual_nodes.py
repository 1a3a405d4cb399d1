"""VirtualNodes: pods on elastic container instances (ECI), which start without a node and cost by the second."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as kubernetes

from components.addon import addon


@dataclass(frozen=True)
class VirtualNodesArgs:
    """What VirtualNodes need.

    vswitch_ids: where the instances get their addresses; several zones, as GPU stock differs by zone. Each needs a way
        out, else no image can be pulled.
    after: nodes for the addon's own pods.
    """

    cluster_id: pulumi.Input[str]
    provider: kubernetes.Provider
    vswitch_ids: Sequence[pulumi.Input[str]]
    after: Sequence[pulumi.Resource] = ()


class VirtualNodes(pulumi.ComponentResource):
    """Owns of the ECI profile only the vSwitches; security group and the rest stay as the addon sets them.

    Which pods land here the pods say themselves (components.manifests.eci). The account needs ECI activated.
    """

    ready: Sequence[pulumi.Resource]
    """What a pod for virtual nodes must wait for: instances take their vSwitches when they are made."""

    def __init__(self, name: str, args: VirtualNodesArgs, opts: pulumi.ResourceOptions | None = None):
        super().__init__("ack-stable-diffusion:components:VirtualNodes", name, None, opts)

        installed = addon(
            f"{name}-addon",
            args.cluster_id,
            "ack-virtual-node",
            # Must be set before an uninstallation: instances left behind go on costing.
            cleanup_cloud_resources=True,
            after=args.after,
            parent=self,
        )
        profile = kubernetes.core.v1.ConfigMapPatch(
            f"{name}-profile",
            # The addon has written the key, with the cluster's own vSwitch: without force that is a conflict.
            metadata={
                "name": "eci-profile",
                "namespace": "kube-system",
                "annotations": {"pulumi.com/patchForce": "true"},
            },
            data={"vswitchIds": pulumi.Output.all(*args.vswitch_ids).apply(",".join)},
            opts=pulumi.ResourceOptions(parent=self, provider=args.provider, depends_on=[installed]),
        )

        self.ready = [installed, profile]
        self.register_outputs({})
