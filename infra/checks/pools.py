"""GPU pools against the catalogue of instance types."""

from collections.abc import Callable, Iterator

from infra.catalogue import Catalogue, GpuType
from infra.checks.subject import Subject
from infra.settings.pools import GpuPool
from infra.settings.problem import Problem, did_you_mean

# Faster first: the disk decides how long an image of 10 GiB takes to unpack on a new node.
_DISK_PREFERENCE = ("cloud_essd", "cloud_ssd", "cloud_efficiency")
# ACK does not take a node with fewer pod addresses on Terway's shared interfaces: its own pods need them.
_LEAST_TERWAY_PODS = 12


def disk_category(pool: GpuPool, catalogue: Catalogue) -> str | None:
    """The category asked for, or the fastest one that every type can have; None where no category fits all."""
    if pool.disk_category:
        return pool.disk_category
    types = known_types(pool, catalogue).values()
    return next((disk for disk in _DISK_PREFERENCE if all(disk in one.disks for one in types)), None)


def known_types(pool: GpuPool, catalogue: Catalogue) -> dict[str, GpuType]:
    """The pool's instance types that the catalogue has."""
    return {name: catalogue.gpu_types[name] for name in pool.instance_types if name in catalogue.gpu_types}


def instance_types(subject: Subject) -> Iterator[Problem]:
    """Every type is a GPU type that the catalogue knows."""
    known = subject.catalogue.gpu_types
    for pool_name, pool in subject.draft.gpu_pools.items():
        for place, name in enumerate(pool.instance_types):
            if name not in known:
                mend = did_you_mean(name, known, "take one of these, or describe it under catalogue.gpuTypes")
                path = subject.at("gpuPools", pool_name, "instanceTypes", place)
                yield Problem(path, f'"{name}"', f"a GPU type of the catalogue: {', '.join(known)}", mend)


def sizes(subject: Subject) -> Iterator[Problem]:
    """min ≤ max."""
    for name, pool in subject.draft.gpu_pools.items():
        if pool.min_size > pool.max_size:
            path = subject.at("gpuPools", name, "minSize")
            yield Problem(path, str(pool.min_size), f"at most maxSize ({pool.max_size})", "lower it or raise maxSize")


def disks(subject: Subject) -> Iterator[Problem]:
    """One system disk category for all types of a pool: the provider lets a wrong one through, ECS does not."""
    for name, pool in subject.draft.gpu_pools.items():
        types = known_types(pool, subject.catalogue)
        if pool.disk_category is None and disk_category(pool, subject.catalogue) is None:
            yield Problem(
                subject.at("gpuPools", name, "instanceTypes"),
                ", ".join(pool.instance_types),
                "types that have a disk category in common: " + _by_type(types),
                "make a pool of its own for the types that differ",
            )
        wrong = [one for one, facts in types.items() if pool.disk_category and pool.disk_category not in facts.disks]
        if wrong:
            yield Problem(
                subject.at("gpuPools", name, "diskCategory"),
                f'"{pool.disk_category}" with {", ".join(wrong)}',
                _by_type({one: types[one] for one in wrong}),
                "leave diskCategory out: the fastest one that fits is taken",
            )


def has_room_for_pods(facts: GpuType, pod_network: str) -> bool:
    """Whether a node of that type gets pod addresses for ACK's own pods and for the service's."""
    return pod_network != "terway" or facts.terway_pods >= _LEAST_TERWAY_PODS


def terway_pods(subject: Subject) -> Iterator[Problem]:
    """Every type has room for pods on the cluster's network."""
    cluster = subject.draft.cluster
    if cluster is None:
        return
    roomy = [one for one, facts in subject.catalogue.gpu_types.items() if has_room_for_pods(facts, cluster.pod_network)]
    for name, pool in subject.draft.gpu_pools.items():
        for place, one in enumerate(pool.instance_types):
            facts = subject.catalogue.gpu_types.get(one)
            if facts and one not in roomy:
                yield Problem(
                    subject.at("gpuPools", name, "instanceTypes", place),
                    f'"{one}" with room for {facts.terway_pods} pods on Terway',
                    f"types with room for {_LEAST_TERWAY_PODS} pods at least: {', '.join(roomy)}",
                    "take one of these, or cluster.podNetwork: flannel before the first up",
                )


def spot_prices(subject: Subject) -> Iterator[Problem]:
    """A price limit for a type that the pool does not have limits nothing."""
    for name, pool in subject.draft.gpu_pools.items():
        for one in pool.spot.price_limits if pool.spot else ():
            if one not in pool.instance_types:
                path = subject.at("gpuPools", name, "spot", "priceLimits", one)
                allowed = f"types of this pool: {', '.join(pool.instance_types)}"
                yield Problem(
                    path, "a limit for another type", allowed, did_you_mean(one, pool.instance_types, "remove it")
                )


def _by_type(types: dict[str, GpuType]) -> str:
    return "; ".join(f"{name} has {', '.join(facts.disks)}" for name, facts in types.items())


CHECKS: tuple[Callable[[Subject], Iterator[Problem]], ...] = (instance_types, sizes, disks, terway_pods, spot_prices)
