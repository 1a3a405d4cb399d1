"""Region, zones, address ranges and the Kubernetes version."""

from collections.abc import Callable, Iterator
from ipaddress import IPv4Network

from infra.checks.subject import Subject
from infra.settings.problem import Path, Problem, choice, did_you_mean
from infra.subnets import LARGEST_VPC_PREFIX, SMALLEST_VPC_PREFIX, cut, usable

_PRIVATE = [IPv4Network(text) for text in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")]


def zones(subject: Subject) -> Iterator[Problem]:
    """Every zone belongs to the region and is named once."""
    network, region = subject.draft.network, subject.region
    if network is None or region is None:
        return
    known = subject.catalogue.regions[region].zones
    for place, zone in enumerate(network.zones):
        path = subject.at("network", "zones", place)
        if zone in network.zones[:place]:
            yield Problem(path, f'"{zone}" a second time', "each zone once", "name another zone")
        elif zone not in known:
            mend = did_you_mean(zone, known, "take one of these, or add it under catalogue.regions if it is new")
            yield Problem(path, f'"{zone}"', f"a zone of {region}: {', '.join(known)}", mend)


def vpc_range(subject: Subject) -> Iterator[Problem]:
    """Private, and neither too large for a VPC nor too small for its pods."""
    if subject.draft.network is None or subject.draft.network.existing:
        return
    vpc = IPv4Network(subject.draft.network.cidr)
    path, found = subject.at("network", "cidr"), f'"{vpc}"'
    if not any(vpc.subnet_of(private) for private in _PRIVATE):
        allowed = "a part of " + ", ".join(map(str, _PRIVATE))
        yield Problem(path, found, allowed, "take a private range that your other networks do not use")
    elif not LARGEST_VPC_PREFIX <= vpc.prefixlen <= SMALLEST_VPC_PREFIX:
        allowed = f"a prefix from /{LARGEST_VPC_PREFIX} to /{SMALLEST_VPC_PREFIX}"
        yield Problem(path, found, allowed, f"widen it, for example to {vpc.network_address}/16")


def overlaps(subject: Subject) -> Iterator[Problem]:
    """The VPC, the services and an overlay of pods must be told apart by address."""
    network, cluster = subject.draft.network, subject.draft.cluster
    if network is None or cluster is None:
        return
    ranges = {("network", "cidr"): network.cidr, ("cluster", "serviceCidr"): cluster.service_cidr}
    if cluster.pod_network == "flannel":
        ranges["cluster", "podCidr"] = cluster.pod_cidr
    seen: dict[tuple[str, str], IPv4Network] = {}
    for place, text in ranges.items():
        one = IPv4Network(text)
        for other_place, other in seen.items():
            if one.overlaps(other):
                allowed = f"a range apart from {'.'.join(other_place)} ({other})"
                yield Problem(subject.at(*place), f'"{one}"', allowed, "take another private range")
        seen[place] = one


def room_for_nodes(subject: Subject) -> Iterator[Problem]:
    """Every pool at its largest must find addresses for its nodes."""
    network, cluster, pools = subject.draft.network, subject.draft.cluster, subject.draft.gpu_pools
    if network is None or network.existing or cluster is None or next(vpc_range(subject), None):
        return
    nodes = cluster.system_pool.size + sum(pool.max_size for pool in pools.values())
    room = sum(usable(zone.nodes) for zone in cut(IPv4Network(network.cidr), network.zones))
    if nodes > room:
        allowed = f"a range with addresses for {nodes} nodes (all pools at their largest); this one has {room}"
        mend = "widen it before the first up, or lower maxSize of the GPU pools"
        yield Problem(subject.at("network", "cidr"), f'"{network.cidr}"', allowed, mend)


def version(subject: Subject) -> Iterator[Problem]:
    """A short version must be in the catalogue, as ACK knows only full ones."""
    cluster = subject.draft.cluster
    if cluster is None or "aliyun" in cluster.version or cluster.version in subject.catalogue.versions:
        return
    allowed = choice(subject.catalogue.versions) + ", or a full version that ACK offers, such as 1.35.7-aliyun.1"
    path: Path = subject.at("cluster", "version")
    yield Problem(path, f'"{cluster.version}"', allowed, "take one of these, or write the version in full")


CHECKS: tuple[Callable[[Subject], Iterator[Problem]], ...] = (zones, vpc_range, overlaps, room_for_nodes, version)
