"""The gateway's settings against one another."""

from collections.abc import Callable, Iterator

from infra.checks.subject import Subject
from infra.domain import recorded_domain
from infra.settings.problem import Problem

_OF_A_NEW_ALB = ("address_type", "edition", "access_log")
_OF_EVERY_KIND = {"kind", "domain"}
_OF_KOURIER = {"kourier_address"}


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


def keys_of_the_other_kind(subject: Subject) -> Iterator[Problem]:
    """What only the other kind of gateway has would be without effect."""
    gateway = subject.draft.gateway
    if gateway is None:
        return
    other = _OF_KOURIER if gateway.kind == "alb" else gateway.model_fields_set - _OF_EVERY_KIND - _OF_KOURIER
    for name in sorted(other & gateway.model_fields_set):
        key = str(type(gateway).model_fields[name].alias)
        allowed = f"only with gateway.kind {'kourier' if gateway.kind == 'alb' else 'alb'}"
        yield Problem(subject.at("gateway", key), f"set with kind {gateway.kind}", allowed, "remove it or change kind")


def address_for_the_record(subject: Subject) -> Iterator[Problem]:
    """A record needs something to lead to; Kourier's address is not the program's to know."""
    gateway = subject.draft.gateway
    if gateway and gateway.kind == "kourier" and gateway.domain and gateway.kourier_address is None:
        yield Problem(
            subject.at("gateway", "domain"),
            "a record without an address",
            "with kind kourier only beside kourierAddress",
            "add kourierAddress once Kourier has a load balancer, or leave domain out until then",
        )


CHECKS: tuple[Callable[[Subject], Iterator[Problem]], ...] = (
    attributes_of_an_existing_alb,
    one_domain,
    keys_of_the_other_kind,
    address_for_the_record,
)
