"""Network."""

from collections.abc import Mapping
from ipaddress import IPv4Network

from components.network import ExistingNetworkArgs, NetworkArgs, ZoneArgs
from infra.load import Loaded
from infra.subnets import cut


def network_args(loaded: Loaded, prefix: str, tags: Mapping[str, str]) -> NetworkArgs | ExistingNetworkArgs:
    """One vSwitch for nodes and one for pods per zone, cut out of the VPC's range; or the existing ones in the order
    of the zones."""
    network = loaded.settings.network
    if existing := network.existing:
        pods = existing.pod_vswitches
        return ExistingNetworkArgs(
            vpc_id=existing.vpc_id,
            vswitch_ids=[existing.vswitches[zone] for zone in network.zones],
            pod_vswitch_ids=[pods[zone] for zone in network.zones] if pods else (),
        )
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
