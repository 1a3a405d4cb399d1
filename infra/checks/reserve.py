"""Pods that stay when a service has gone to zero."""

from collections.abc import Callable, Iterator

from infra.checks.subject import Subject
from infra.settings.problem import Problem


def has_nodes(subject: Subject) -> Iterator[Problem]:
    """Without virtual nodes the reserve stays pending, and the first request waits as if there were none."""
    nodes = subject.draft.virtual_nodes
    for name, service in subject.draft.services.items():
        if service.reserve and service.reserve.type != "ecs" and nodes and not nodes.enabled:
            path = subject.at("services", name, "reserve", "type")
            found = f'"{service.reserve.type}" without virtual nodes'
            yield Problem(path, found, "ecs, or virtualNodes.enabled: true", "add virtualNodes: {enabled: true}")


def has_effect(subject: Subject) -> Iterator[Problem]:
    """What would be read by nobody is a misunderstanding."""
    for name, service in subject.draft.services.items():
        if service.reserve is None:
            continue
        path = subject.at("services", name, "reserve")
        if service.reserve.eci_specs and service.reserve.type != "eci":
            allowed = f"nothing with type {service.reserve.type}"
            yield Problem((*path, "eciSpecs"), "specifications for ECI", allowed, "remove it, or take type eci")
        if service.scaling.min_scale:
            found = f"beside scaling.minScale {service.scaling.min_scale}"
            yield Problem(path, found, "only with minScale 0: it stands in at zero", "remove one of the two")


CHECKS: tuple[Callable[[Subject], Iterator[Problem]], ...] = (has_nodes, has_effect)
