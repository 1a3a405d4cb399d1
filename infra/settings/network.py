"""Settings of the network."""

from typing import Annotated

from pydantic import Field

from infra.settings.section import Section
from infra.settings.texts import Cidr


class Network(Section):
    """The VPC and its zones."""

    cidr: Cidr
    """Address range of the VPC; fixed once it is made. It is cut into sixteen equal parts, two per zone."""
    zones: Annotated[tuple[str, ...], Field(min_length=2, max_length=8)]
    """Zones for nodes, pods and the load balancer; ALB asks for two. Add new ones at the end: the order numbers the
    address ranges."""
    egress_mbps: Annotated[int, Field(ge=1, le=1000)] = 200
    """Peak of the shared way out, Mbit/s; it limits how fast new nodes pull the image."""
