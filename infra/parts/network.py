"""Network."""

from collections.abc import Mapping
from ipaddress import IPv4Network

from components.network import NetworkArgs, ZoneArgs
from infra.load import Loaded
from infra.subnets import cut


def network_args(loaded: Loaded, prefix: str, tags: Mapping[str, str]) -> NetworkArgs:
    """One vSwitch for nodes and one for pods per zone, cut out of the VPC's range."""
    network = loaded.settings.network
    return NetworkArgs(
        network_name=prefix,
        cidr=network.cidr,
        zones=[
            ZoneArgs(zone.zone_id, str(zone.nodes), str(zone.pods))
            for zone in cut(IPv4Network(network.cidr), network.zones)
        ],
        egress_mbps=network.egress_mbps,
        protect=loaded.settings.protected,
        tags=tags,
    )
