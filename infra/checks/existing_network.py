"""A network that others own, against the zones and the cluster's way to give pods addresses."""

from collections.abc import Callable, Iterator, Mapping

from infra.checks.subject import Subject
from infra.settings.network import ExistingNetwork, Network
from infra.settings.problem import Problem, did_you_mean


def vswitches(subject: Subject) -> Iterator[Problem]:
    """One for nodes in every zone, and none elsewhere."""
    for network, existing in _existing(subject):
        yield from _one_per_zone(subject, "vswitches", existing.vswitches, network.zones)


def pod_vswitches(subject: Subject) -> Iterator[Problem]:
    """Terway's pods get addresses in the zone of their node; an overlay needs none."""
    cluster = subject.draft.cluster
    for network, existing in _existing(subject) if cluster else ():
        assert cluster is not None
        if cluster.pod_network == "terway":
            yield from _one_per_zone(subject, "podVswitches", existing.pod_vswitches, network.zones)
        elif existing.pod_vswitches:
            path = subject.at("network", "existing", "podVswitches")
            allowed = "nothing with cluster.podNetwork flannel, whose pods live in cluster.podCidr"
            yield Problem(path, "a map", allowed, "remove it, or take cluster.podNetwork: terway")


def egress(subject: Subject) -> Iterator[Problem]:
    """The way out is the owner's: a bandwidth that is set here would have no effect."""
    for network, _ in _existing(subject):
        if "egress_mbps" in network.model_fields_set:
            path = subject.at("network", "egressMbps")
            allowed = "nothing with network.existing: the way out belongs to the VPC's owner"
            yield Problem(path, str(network.egress_mbps), allowed, "remove it")


def _one_per_zone(subject: Subject, key: str, given: Mapping[str, str], zones: tuple[str, ...]) -> Iterator[Problem]:
    allowed = f"one vSwitch for each of network.zones: {', '.join(zones)}"
    place = subject.at("network", "existing", key)
    for zone in zones:
        if zone not in given:
            yield Problem((*place, zone), "nothing", allowed, f"add {zone}: <id of a vSwitch there>")
    seen: dict[str, str] = {}
    for zone, vswitch in given.items():
        if zone not in zones:
            mend = did_you_mean(zone, zones, "remove it, or add the zone to network.zones")
            yield Problem((*place, zone), f'"{vswitch}"', allowed, mend)
        elif vswitch in seen:
            found = f'"{vswitch}", as in {seen[vswitch]}'
            yield Problem((*place, zone), found, f"another one: a vSwitch is in one zone; {allowed}", "correct the id")
        seen.setdefault(vswitch, zone)


def _existing(subject: Subject) -> Iterator[tuple[Network, ExistingNetwork]]:
    network = subject.draft.network
    if network and network.existing:
        yield network, network.existing


CHECKS: tuple[Callable[[Subject], Iterator[Problem]], ...] = (vswitches, pod_vswitches, egress)
