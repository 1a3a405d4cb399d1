"""Settings of the network."""

from typing import Annotated

from pydantic import Field

from infra.settings.section import Section
from infra.settings.texts import Cidr, allowed, matching

VswitchId = Annotated[str, matching(r"vsw-[a-z0-9]+"), allowed("the id of a vSwitch", "vsw-uf6h3rbwbm90urjwa0001")]


class ExistingNetwork(Section):
    """A VPC that somebody else owns: the stack makes no part of it and protects none. Its vSwitches need a way out
    (NAT gateway with SNAT entries) for nodes and pods, which is the owner's business: without one no node joins the
    cluster. Moving a stack from one network to another replaces its cluster."""

    vpc_id: Annotated[str, matching(r"vpc-[a-z0-9]+"), allowed("the id of a VPC", "vpc-uf6mdyccpwnlc0001")]
    """Which VPC."""
    vswitches: Annotated[dict[str, VswitchId], Field(min_length=2)]
    """For nodes and the load balancer: a vSwitch for each of network.zones, by zone."""
    pod_vswitches: dict[str, VswitchId] = {}
    """For pods, by zone: needed with cluster.podNetwork terway, for each of network.zones."""


class Network(Section):
    """The VPC and its zones."""

    cidr: Cidr
    """Address range of the VPC; fixed once it is made. It is cut into sixteen equal parts, two per zone. Of an existing
    VPC: its own range, which serviceCidr and podCidr must not touch."""
    zones: Annotated[tuple[str, ...], Field(min_length=2, max_length=8)]
    """Zones for nodes, pods and the load balancer; ALB asks for two. Add new ones at the end: the order numbers the
    address ranges."""
    egress_mbps: Annotated[int, Field(ge=1, le=1000)] = 200
    """Peak of the shared way out, Mbit/s; it limits how fast new nodes pull the image."""
    existing: ExistingNetwork | None = None
    """Use a VPC that is there already; left out: make one."""
