"""Volumes with models."""

from collections.abc import Callable, Iterator

from infra.checks.subject import Subject
from infra.settings.model import Model, Oss
from infra.settings.problem import Path, Problem


def sources(subject: Subject) -> Iterator[Problem]:
    """A volume comes from one place, and its driver needs one way to open it."""
    for name, service in subject.draft.services.items():
        if service.model:
            path = subject.at("services", name, "model")
            yield from _one_source(path, service.model)
            if service.model.oss:
                yield from _one_key((*path, "oss"), service.model.oss)


def _one_source(path: Path, model: Model) -> Iterator[Problem]:
    given = [key for key in ("nas", "oss", "claim") if getattr(model, key) is not None]
    if len(given) != 1:
        found = " and ".join(given) or "no source"
        yield Problem(
            path, found, "exactly one of nas, oss, claim", "say where the models are" if not given else "keep one"
        )


def _one_key(path: Path, oss: Oss) -> Iterator[Problem]:
    given = [key for key in ("secret", "role") if getattr(oss, key) is not None]
    if len(given) != 1:
        found = " and ".join(given) or "neither"
        mend = "keep one" if given else "add secret: <a Secret with akId and akSecret>"
        yield Problem(path, found, "exactly one of secret, role", mend)


def roles(subject: Subject) -> Iterator[Problem]:
    """Without RRSA the driver has nobody to take the role as, and the pod waits for its volume for ever."""
    cluster = subject.draft.cluster
    for name, service in subject.draft.services.items():
        oss = service.model.oss if service.model else None
        if cluster and not cluster.rrsa and oss and oss.role and not oss.secret:
            path = subject.at("services", name, "model", "oss", "role")
            found = subject.wording.shown("services", oss.role)
            yield Problem(
                path, found, "a role only with cluster.rrsa: true", "add cluster: {rrsa: true}, or take a secret"
            )


CHECKS: tuple[Callable[[Subject], Iterator[Problem]], ...] = (sources, roles)
