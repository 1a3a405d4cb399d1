"""The gateway's settings against one another."""

from collections.abc import Callable, Iterator

from infra.checks.subject import Subject
from infra.domain import recorded_domain
from infra.settings.problem import Problem

_OF_A_NEW_ALB = ("address_type", "edition", "access_log")


def attributes_of_an_existing_alb(subject: Subject) -> Iterator[Problem]:
    """An ALB of others keeps its attributes: what is written for them would have no effect."""
    gateway = subject.draft.gateway
    if gateway is None or gateway.existing is None:
        return
    for name in _OF_A_NEW_ALB:
        if name in gateway.model_fields_set:
            key = str(type(gateway).model_fields[name].alias)
            yield Problem(
                subject.at("gateway", key),
                "set beside existing",
                "only for an ALB that this stack makes",
                "remove it; its owner sets it on the ALB itself",
            )


def one_domain(subject: Subject) -> Iterator[Problem]:
    """A record for one domain and services under another: no service would be found by its name."""
    gateway, knative = subject.draft.gateway, subject.draft.knative
    if gateway is None or knative is None or knative.domain is None:
        return
    recorded = recorded_domain(gateway)
    if recorded and knative.domain != recorded:
        yield Problem(
            subject.at("knative", "domain"),
            f'"{knative.domain}"',
            f'"{recorded}", for which gateway.domain makes a record',
            "leave knative.domain out, or change gateway.domain",
        )


CHECKS: tuple[Callable[[Subject], Iterator[Problem]], ...] = (attributes_of_an_existing_alb, one_domain)
