"""Revisions by name, and the requests that each gets."""

from collections.abc import Callable, Iterator

from components.manifests.traffic import LATEST
from infra.checks.subject import Subject
from infra.settings.problem import Problem


def traffic(subject: Subject) -> Iterator[Problem]:
    """A split that Knative takes, and that reaches the revision that this stack file describes."""
    for name, service in subject.draft.services.items():
        path, revision, percents = subject.at("services", name, "traffic"), service.revision, service.traffic
        if revision == LATEST:
            mend = "take another name, such as v1"
            yield Problem(subject.at("services", name, "revision"), '"latest"', "any other name", mend)
        if not percents:
            continue
        if revision is None:
            mend = f"add services.{name}.revision, or remove traffic"
            yield Problem(path, "traffic without revision", "revisions by names that a person gave", mend)
        elif revision not in percents and LATEST not in percents:
            mend = f"add {revision}: 0, or more"
            yield Problem(
                path, ", ".join(percents), f"the revision of this file, {revision}, or latest, among them", mend
            )
        if sum(percents.values()) != 100:
            yield Problem(path, f"{sum(percents.values())} in all", "100 in all", "change one of them")


CHECKS: tuple[Callable[[Subject], Iterator[Problem]], ...] = (traffic,)
