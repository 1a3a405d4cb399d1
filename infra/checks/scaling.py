"""How services scale, against itself and against what Knative's autoscaler takes."""

from collections.abc import Callable, Iterator

from infra.checks.subject import Subject
from infra.settings.problem import Path, Problem
from infra.settings.texts import seconds

# Knative's webhook refuses a service outside these, and its autoscaler a ConfigMap: it keeps the old settings.
_WINDOW = (6, 3600)
_DELAY = (0, 3600)
# Knative takes any; `up` waits for it, and a broken revision holds GPU nodes until then.
_DEADLINE = (1, 7200)


def scales(subject: Subject) -> Iterator[Problem]:
    """minScale, initialScale and activationScale ≤ maxScale; minScale ≤ activationScale."""
    for name, service in subject.draft.services.items():
        scaling = service.scaling
        for key in ("min_scale", "initial_scale", "activation_scale"):
            value = getattr(scaling, key)
            if value is not None and value > scaling.max_scale:
                alias = type(scaling).model_fields[key].alias or key
                path = subject.at("services", name, "scaling", alias)
                yield Problem(path, str(value), f"at most maxScale ({scaling.max_scale})", "lower it or raise maxScale")
        if scaling.activation_scale is not None and scaling.min_scale > scaling.activation_scale:
            path = subject.at("services", name, "scaling", "activationScale")
            allowed = f"at least minScale ({scaling.min_scale})"
            yield Problem(path, str(scaling.activation_scale), allowed, "raise it, or leave it out: minScale is more")


def durations(subject: Subject) -> Iterator[Problem]:
    """Each within Knative's bounds, of the cluster and of every service."""
    if knative := subject.draft.knative:
        yield from _outside(subject.at("knative", "stableWindow"), knative.stable_window, _WINDOW)
    for name, service in subject.draft.services.items():
        deadline = subject.at("services", name, "progressDeadline")
        yield from _outside(deadline, service.progress_deadline, _DEADLINE)
        scaling, path = service.scaling, subject.at("services", name, "scaling")
        yield from _outside((*path, "window"), scaling.window, _WINDOW)
        yield from _outside((*path, "scaleDownDelay"), scaling.scale_down_delay, _DELAY)
        yield from _outside((*path, "podRetentionPeriod"), scaling.pod_retention_period, _DELAY)


def _outside(path: Path, duration: str | None, bounds: tuple[int, int]) -> Iterator[Problem]:
    low, high = bounds
    if duration is not None and not low <= seconds(duration) <= high:
        yield Problem(path, f'"{duration}"', f"from {low}s to {high}s", "take a value in that range")


CHECKS: tuple[Callable[[Subject], Iterator[Problem]], ...] = (scales, durations)
