"""What no part of a stack file can know alone: the checks between parts and against the catalogue."""

from collections.abc import Iterator

from infra.checks import (
    cluster,
    existing_network,
    gateway,
    knative,
    models,
    monitoring,
    network,
    pool_options,
    pools,
    reserve,
    scaling,
    services,
    traffic,
    virtual_nodes,
)
from infra.checks.subject import Subject
from infra.settings.problem import Problem

_CHECKS = (
    *network.CHECKS,
    *existing_network.CHECKS,
    *cluster.CHECKS,
    *gateway.CHECKS,
    *knative.CHECKS,
    *pools.CHECKS,
    *pool_options.CHECKS,
    *services.CHECKS,
    *models.CHECKS,
    *reserve.CHECKS,
    *traffic.CHECKS,
    *scaling.CHECKS,
    *virtual_nodes.CHECKS,
    *monitoring.CHECKS,
)


def check(subject: Subject) -> Iterator[Problem]:
    """Every problem of every check. A check keeps silent about parts that are wrong in themselves."""
    for one in _CHECKS:
        yield from one(subject)
