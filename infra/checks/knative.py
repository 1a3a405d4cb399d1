"""Knative's settings against its own rules: it refuses a ConfigMap in a log only, and keeps the old one."""

from collections.abc import Callable, Iterator

from infra.checks.subject import Subject
from infra.settings.problem import Problem
from infra.settings.texts import cpus, gibibytes, seconds

_ABOVE_ZERO = ("scale_to_zero_grace_period", "progress_deadline", "digest_resolution_timeout")


def above_zero(subject: Subject) -> Iterator[Problem]:
    """Durations that must not be nothing."""
    knative = subject.draft.knative
    if knative is None:
        return
    for name in _ABOVE_ZERO:
        value = getattr(knative, name)
        if value is not None and seconds(value) == 0:
            key = str(type(knative).model_fields[name].alias)
            yield Problem(subject.at("knative", key), f'"{value}"', "1s or more", "take a value in that range")


def within_the_limit(subject: Subject) -> Iterator[Problem]:
    """Knative's webhook refuses a service above the cluster's limit."""
    knative = subject.draft.knative
    limit = knative.max_scale_limit if knative else None
    for name, service in subject.draft.services.items():
        if limit is not None and service.scaling.max_scale > limit:
            yield Problem(
                subject.at("services", name, "scaling", "maxScale"),
                str(service.scaling.max_scale),
                f"at most knative.maxScaleLimit ({limit})",
                "lower it or raise the limit",
            )


def queue_proxy_within_limits(subject: Subject) -> Iterator[Problem]:
    """Kubernetes refuses every pod whose container asks for more than it may use."""
    if subject.draft.knative is None:
        return
    requests, limits = subject.draft.knative.queue_proxy.requests, subject.draft.knative.queue_proxy.limits
    amounts: dict[str, tuple[str | None, str | None, Callable[[str], float]]] = {
        "cpu": (requests.cpu, limits.cpu, cpus),
        "memory": (requests.memory, limits.memory, gibibytes),
    }
    for what, (request, limit, amount) in amounts.items():
        if request is not None and limit is not None and amount(request) > amount(limit):
            path = subject.at("knative", "queueProxy", "requests", what)
            allowed = f"at most knative.queueProxy.limits.{what} ({limit})"
            yield Problem(path, f'"{request}"', allowed, "lower it or raise the limit")


CHECKS: tuple[Callable[[Subject], Iterator[Problem]], ...] = (above_zero, within_the_limit, queue_proxy_within_limits)
