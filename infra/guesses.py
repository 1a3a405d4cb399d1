"""Behaviour of Alibaba Cloud that a stack relies on and that nobody has seen on a live account yet."""

from collections.abc import Iterator

from infra.checks.subject import Subject
from infra.settings.problem import dotted


def guesses(subject: Subject) -> Iterator[str]:
    """One sentence for each in use, with the key that brings it; a default of every stack brings none."""
    yield from _types_without_a_price_limit(subject)


def _types_without_a_price_limit(subject: Subject) -> Iterator[str]:
    for name, pool in subject.draft.gpu_pools.items():
        limits = pool.spot.price_limits if pool.spot else {}
        free = [one for one in pool.instance_types if one not in limits]
        if limits and free:
            where = dotted(subject.at("gpuPools", name, "spot", "priceLimits"))
            yield f"{where}: none for {', '.join(free)}; what ACK pays for it then is not verified"
