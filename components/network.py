"""Network: the VPC, its vSwitches in several zones, and a way out for nodes and pods; or one that is there already."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi
import pulumi_alicloud as alicloud


@dataclass(frozen=True)
class ZoneArgs:
    """The address ranges of one zone; changing either replaces the vSwitch and everything that stands in it."""

    zone_id: str
    node_cidr: str
    pod_cidr: str


@dataclass(frozen=True)
class NetworkArgs:
    """What a Network needs.

    network_name: prefix of every name in the console.
    zones: two at least, as ALB asks for vSwitches in two zones.
    egress_mbps: peak of the shared public address; it limits how fast new nodes pull the image.
    protect: the engine refuses to delete or replace the VPC and the vSwitches. The way out it may: nothing is lost.
    """

    network_name: str
    cidr: str
    zones: Sequence[ZoneArgs]
    egress_mbps: int = 200
    protect: bool = False
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ExistingNetworkArgs:
    """A network of somebody else's. Its owner sees to a way out for the vSwitches: without one no node can join.

    vswitch_ids: for nodes and load balancers, one per zone, two at least. pod_vswitch_ids: for Terway's pods, in the
    same zones; none with an overlay.
    """

    vpc_id: pulumi.Input[str]
    vswitch_ids: Sequence[pulumi.Input[str]]
    pod_vswitch_ids: Sequence[pulumi.Input[str]] = ()


class Network(pulumi.ComponentResource):
    """Owns VPC, vSwitches and the NAT gateway, or passes on what others own. Load balancers and nodes in it belong to
    the cluster."""

    vpc_id: pulumi.Output[str]
    vswitch_ids: Sequence[pulumi.Output[str]]
    """For nodes and load balancers, one per zone, in the order of the zones."""
    pod_vswitch_ids: Sequence[pulumi.Output[str]]
    egress: Sequence[pulumi.Resource]
    """What a node must wait for before it can pull an image; nothing in an existing network."""

    def __init__(self, name: str, args: NetworkArgs | ExistingNetworkArgs, opts: pulumi.ResourceOptions | None = None):
        super().__init__("ack-stable-diffusion:components:Network", name, None, opts)
        if isinstance(args, ExistingNetworkArgs):
            self._adopt(args)
        else:
            self._own(name, args)
        self.register_outputs(
            {"vpc_id": self.vpc_id, "vswitch_ids": self.vswitch_ids, "pod_vswitch_ids": self.pod_vswitch_ids}
        )

    def _adopt(self, args: ExistingNetworkArgs) -> None:
        """By id alone: a look at the account would need one at every preview."""
        self.vpc_id = pulumi.Output.from_input(args.vpc_id)
        self.vswitch_ids = [pulumi.Output.from_input(one) for one in args.vswitch_ids]
        self.pod_vswitch_ids = [pulumi.Output.from_input(one) for one in args.pod_vswitch_ids]
        self.egress = []

    def _own(self, name: str, args: NetworkArgs) -> None:
        self._args, self._name = args, name
        self._child = pulumi.ResourceOptions(parent=self)
        self._kept = pulumi.ResourceOptions(parent=self, protect=args.protect)

        vpc = alicloud.vpc.Network(
            f"{name}-vpc", vpc_name=args.network_name, cidr_block=args.cidr, tags=args.tags, opts=_for_good(self._kept)
        )
        self.vpc_id = vpc.id
        nodes = {zone.zone_id: self._vswitch("nodes", zone.zone_id, zone.node_cidr) for zone in args.zones}
        pods = {zone.zone_id: self._vswitch("pods", zone.zone_id, zone.pod_cidr) for zone in args.zones}
        self.vswitch_ids = [vswitch.id for vswitch in nodes.values()]
        self.pod_vswitch_ids = [vswitch.id for vswitch in pods.values()]
        self.egress = self._way_out({"nodes": nodes, "pods": pods})

    def _vswitch(self, use: str, zone_id: str, cidr: str) -> alicloud.vpc.Switch:
        return alicloud.vpc.Switch(
            f"{self._name}-{use}-{zone_id}",
            vpc_id=self.vpc_id,
            zone_id=zone_id,
            cidr_block=cidr,
            vswitch_name=f"{self._args.network_name}-{use}-{zone_id}",
            tags=self._args.tags,
            opts=self._kept,
        )

    def _way_out(self, vswitches: Mapping[str, Mapping[str, alicloud.vpc.Switch]]) -> list[pulumi.Resource]:
        """One NAT gateway with one public address for all vSwitches: nodes have no addresses of their own."""
        name, args = self._name, self._args
        first = next(iter(vswitches["nodes"].values()))
        nat = alicloud.vpc.NatGateway(
            f"{name}-nat",
            vpc_id=self.vpc_id,
            vswitch_id=first.id,
            nat_gateway_name=args.network_name,
            nat_type="Enhanced",
            payment_type="PayAsYouGo",
            internet_charge_type="PayByLcu",
            tags=args.tags,
            opts=self._child,
        )
        address = alicloud.ecs.EipAddress(
            f"{name}-address",
            address_name=args.network_name,
            bandwidth=str(args.egress_mbps),
            internet_charge_type="PayByTraffic",
            payment_type="PayAsYouGo",
            tags=args.tags,
            opts=self._child,
        )
        association = alicloud.ecs.EipAssociation(
            f"{name}-association",
            allocation_id=address.id,
            instance_id=nat.id,
            instance_type="Nat",
            opts=self._child,
        )
        # An SNAT entry is refused while the address is not bound to the gateway.
        bound = pulumi.ResourceOptions.merge(self._child, pulumi.ResourceOptions(depends_on=[association]))
        return [
            alicloud.vpc.SnatEntry(
                f"{name}-snat-{use}-{zone_id}",
                snat_table_id=nat.snat_table_ids,
                source_vswitch_id=vswitch.id,
                snat_ip=address.ip_address,
                opts=bound,
            )
            for use, by_zone in vswitches.items()
            for zone_id, vswitch in by_zone.items()
        ]


def _for_good(opts: pulumi.ResourceOptions) -> pulumi.ResourceOptions:
    """The provider would plan another address range as an update, which fails half-way: the vSwitches are in the old
    one, and nodes in them."""
    return pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(replace_on_changes=["cidr_block"]))
