"""Options of GPU pools that do not go together, or that the pool sets itself."""

from collections.abc import Callable, Iterator

from components.gpu_node_pool import DRIVER_LABEL, GPU_LABEL, GPU_TAINT_KEY, POOL_LABEL
from infra.checks.pools import disk_category
from infra.checks.subject import Subject
from infra.settings.problem import Problem

_SMALLEST_DISK_GIB = {"PL2": 461, "PL3": 1261}
_OWN_LABELS = {
    GPU_LABEL: "every GPU pool has it",
    POOL_LABEL: "it holds the pool's name",
    DRIVER_LABEL: "write driverVersion instead",
}


def fallback_works(subject: Subject) -> Iterator[Problem]:
    """Under any other zone policy ACK leaves the pool short of nodes in silence."""
    for name, pool in subject.draft.gpu_pools.items():
        if pool.spot and pool.spot.on_demand_fallback and pool.zone_policy not in (None, "cost"):
            yield Problem(
                subject.at("gpuPools", name, "zonePolicy"),
                f'"{pool.zone_policy}" with spot.onDemandFallback',
                "cost: under any other policy ACK never falls back to on demand",
                "leave zonePolicy out, or say spot.onDemandFallback: false",
            )


def performance_level(subject: Subject) -> Iterator[Problem]:
    """Only ESSD disks have levels, and the higher ones want larger disks."""
    for name, pool in subject.draft.gpu_pools.items():
        level, category = pool.disk_performance_level, disk_category(pool, subject.catalogue)
        path = subject.at("gpuPools", name, "diskPerformanceLevel")
        if level is None or category is None:
            continue
        if category != "cloud_essd":
            mend = "leave it out, or take instance types that can have cloud_essd"
            yield Problem(path, f'"{level}" of a {category} disk', "nothing: cloud_essd alone has levels", mend)
        elif pool.disk_gib < (smallest := _SMALLEST_DISK_GIB.get(level, 0)):
            allowed = f"{level} from {smallest} GiB on; PL0 or PL1 for smaller disks"
            yield Problem(path, f'"{level}" of {pool.disk_gib} GiB', allowed, f"raise diskGib to {smallest} or more")


def own_labels(subject: Subject) -> Iterator[Problem]:
    """Labels by which the program finds its pools."""
    for name, pool in subject.draft.gpu_pools.items():
        for key in pool.labels.keys() & _OWN_LABELS.keys():
            path = subject.at("gpuPools", name, "labels", key)
            yield Problem(path, "a label that the program sets", f"other keys: {_OWN_LABELS[key]}", "remove it")


def taints_once(subject: Subject) -> Iterator[Problem]:
    """Kubernetes refuses a node with two taints of one key and effect."""
    for name, pool in subject.draft.gpu_pools.items():
        seen = {(GPU_TAINT_KEY, "NoSchedule")}
        for place, taint in enumerate(pool.taints):
            if (taint.key, taint.effect) in seen:
                path = subject.at("gpuPools", name, "taints", place)
                found = f"{taint.key} with {taint.effect} a second time"
                allowed = f"each key and effect once; {GPU_TAINT_KEY} with NoSchedule is there already"
                yield Problem(path, found, allowed, "remove it")
            seen.add((taint.key, taint.effect))


def priorities(subject: Subject) -> Iterator[Problem]:
    """The autoscaler orders from a pool without one last of all, which nobody means by leaving it out."""
    pools = subject.draft.gpu_pools
    ranked = [name for name, pool in pools.items() if pool.priority is not None]
    for name, pool in pools.items() if ranked and "gpuPools" not in subject.draft.broken else ():
        if pool.priority is None:
            path = subject.at("gpuPools", name, "priority")
            found = f"nothing, while {', '.join(ranked)} has one"
            yield Problem(path, found, "one for every pool, or for none", "add it here, or remove it there")


CHECKS: tuple[Callable[[Subject], Iterator[Problem]], ...] = (
    fallback_works,
    performance_level,
    own_labels,
    taints_once,
    priorities,
)
