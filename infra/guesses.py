"""Behaviour of Alibaba Cloud that a stack relies on and that nobody has seen on a live account yet."""

from collections.abc import Iterator, Sequence

from infra.catalogue import is_guess
from infra.checks.pools import known_types
from infra.checks.subject import Subject
from infra.checks.virtual_nodes import specs
from infra.settings.problem import dotted
from infra.settings.services import Service


def guesses(subject: Subject) -> Iterator[str]:
    """One sentence for each in use, with the key that brings it; a default of every stack brings none."""
    yield from _region(subject)
    yield from _version(subject)
    yield from _maintenance(subject)
    yield from _gpu_types(subject)
    yield from _types_without_a_price_limit(subject)
    yield from _priorities(subject)
    yield from _retired_types_on_eci(subject)
    yield from _reserves(subject)
    yield from _roles_of_buckets(subject)
    yield from _nodes_ordered_in_vain(subject)
    yield from _gateway(subject)
    yield from _environment(subject)


def _region(subject: Subject) -> Iterator[str]:
    if subject.region and is_guess(subject.catalogue.regions[subject.region]):
        where = dotted(subject.at("network", "zones"))
        yield f"{where}: the catalogue's zones of {subject.region} are a guess; compare them with the console's"


def _version(subject: Subject) -> Iterator[str]:
    cluster, versions = subject.draft.cluster, subject.catalogue.versions
    if cluster and cluster.version in versions and is_guess(versions[cluster.version]):
        where = dotted(subject.at("cluster", "version"))
        full = versions[cluster.version].full
        yield f"{where}: that ACK calls {cluster.version} {full} is a guess; write the console's version in full"


def _maintenance(subject: Subject) -> Iterator[str]:
    cluster = subject.draft.cluster
    if cluster and cluster.maintenance:
        where = dotted(subject.at("cluster", "maintenance", "start"))
        yield f"{where}: it is sent within a date of the past; that ACK takes the time of day alone is not verified"


def _gpu_types(subject: Subject) -> Iterator[str]:
    """One line for all pools: the mend is the same."""
    pools = subject.draft.gpu_pools.values()
    types = {name: facts for pool in pools for name, facts in known_types(pool, subject.catalogue).items()}
    guessed = [name for name, facts in types.items() if is_guess(facts)]
    if guessed:
        where = dotted(subject.at("gpuPools"))
        yield (
            f"{where}: the catalogue's figures of {', '.join(guessed)} are in part a guess; compare them with the "
            "console's, and write them under catalogue.gpuTypes"
        )


def _types_without_a_price_limit(subject: Subject) -> Iterator[str]:
    for name, pool in subject.draft.gpu_pools.items():
        limits = pool.spot.price_limits if pool.spot else {}
        free = [one for one in pool.instance_types if one not in limits]
        if limits and free:
            where = dotted(subject.at("gpuPools", name, "spot", "priceLimits"))
            yield f"{where}: none for {', '.join(free)}; what ACK pays for it then is not verified"


def _priorities(subject: Subject) -> Iterator[str]:
    """One line for all pools."""
    if any(pool.priority is not None for pool in subject.draft.gpu_pools.values()):
        where = dotted(subject.at("gpuPools"))
        yield f"{where}: whether ACK turns to the next priority at once when a pool is out of stock is not verified"


def _retired_types_on_eci(subject: Subject) -> Iterator[str]:
    for name, service in subject.draft.services.items():
        types = {one: subject.catalogue.gpu_types.get(one) for one in _eci_specs(subject, service)}
        retired = [one for one, facts in types.items() if facts and not facts.on_sale]
        if retired:
            where = dotted(subject.at("services", name, "eci", "specs"))
            yield f"{where}: {', '.join(retired)} are off sale as nodes; whether ECI still has them is not verified"


def _eci_specs(subject: Subject, service: Service) -> Sequence[str]:
    return specs(service, subject.draft.gpu_pools, subject.catalogue) if service.eci else ()


def _reserves(subject: Subject) -> Iterator[str]:
    for name, service in subject.draft.services.items():
        if service.reserve:
            where = dotted(subject.at("services", name, "reserve"))
            yield f"{where}: what becomes of the GPU limit on a reserve is not verified; it is billed while idle"


def _roles_of_buckets(subject: Subject) -> Iterator[str]:
    for name, service in subject.draft.services.items():
        if service.model and service.model.oss and service.model.oss.role:
            where = dotted(subject.at("services", name, "model", "oss", "role"))
            yield f"{where}: how the storage driver is told of a role is not verified; a Secret is the documented way"


def _nodes_ordered_in_vain(subject: Subject) -> Iterator[str]:
    for name, service in subject.draft.services.items():
        if service.eci and service.eci.placement == "burst":
            where = dotted(subject.at("services", name, "eci", "placement"))
            yield f"{where}: whether the autoscaler also orders a node for a pod that goes to ECI is not verified"


def _gateway(subject: Subject) -> Iterator[str]:
    gateway = subject.draft.gateway
    if gateway is None:
        return
    if gateway.kind == "kourier":
        where = dotted(subject.at("gateway", "kind"))
        yield f"{where}: choose Kourier for Knative in ACK's console; that the addon keeps it is not verified"
    if gateway.https and "annotation" not in gateway.https.model_fields_set:
        where = dotted(subject.at("gateway", "https", "annotation"))
        yield f"{where}: {gateway.https.annotation} is not verified; ask for an https:// address after the first up"
    if gateway.allow_cidrs:
        where = dotted(subject.at("gateway", "allowCidrs"))
        yield f"{where}: not verified on a live account; after up, ask from an address outside and see it refused"
    if gateway.existing:
        where = dotted(subject.at("gateway", "existing"))
        yield f"{where}: that a destroy leaves the ALB in place is not verified; protect it against deletion yourself"


def _environment(subject: Subject) -> Iterator[str]:
    monitoring = subject.draft.monitoring
    if monitoring and monitoring.prometheus and monitoring.environment:
        where = dotted(subject.at("monitoring", "environment"))
        yield (
            f"{where}: whether ARMS takes an environment beside the one of its addon, and ACK's Knative the switch for "
            "queueMetrics, is not verified"
        )
