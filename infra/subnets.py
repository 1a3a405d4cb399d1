"""How the VPC's address range is cut into vSwitches."""

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network
from itertools import islice

_PARTS = 16
MAX_ZONES = _PARTS // 2
# Alibaba Cloud's largest vSwitch, and the size of VPC below which a zone's pods would run out of addresses.
_LARGEST_VSWITCH_PREFIX = 16
SMALLEST_VPC_PREFIX = 20
LARGEST_VPC_PREFIX = 8
# Of each vSwitch the first address and the last three belong to Alibaba Cloud.
_RESERVED_ADDRESSES = 4


@dataclass(frozen=True)
class ZoneSubnets:
    """The address ranges of one zone."""

    zone_id: str
    nodes: IPv4Network
    pods: IPv4Network


def cut(vpc: IPv4Network, zones: Sequence[str]) -> list[ZoneSubnets]:
    """Sixteen equal parts: the first eight for nodes, the others for pods, one of each for every zone.

    A zone's ranges depend only on its place in the list: a zone added at the end leaves the others alone.
    """
    prefix = max(vpc.prefixlen + 4, _LARGEST_VSWITCH_PREFIX)
    parts = list(islice(vpc.subnets(new_prefix=prefix), _PARTS))
    return [ZoneSubnets(zone, parts[place], parts[MAX_ZONES + place]) for place, zone in enumerate(zones)]


def usable(network: IPv4Network) -> int:
    """Addresses that nodes or pods can have."""
    return network.num_addresses - _RESERVED_ADDRESSES
