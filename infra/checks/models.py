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


CHECKS: tuple[Callable[[Subject], Iterator[Problem]], ...] = (sources,)
