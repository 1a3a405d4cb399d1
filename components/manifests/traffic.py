"""Which revisions of a service answer, and how many requests each."""

from collections.abc import Mapping
from typing import Any

LATEST = "latest"


def revision_name(service: str, revision: str) -> str:
    """Knative wants the service's name before it."""
    return f"{service}-{revision}"


def traffic(service: str, percents: Mapping[str, int]) -> list[dict[str, Any]]:
    """The service's `spec.traffic`: percents by revision, or by `latest` for whichever was made last; 100 in all.

    Each has a tag of its name, and with it a host of its own, also at 0 percent. latestRevision is written out as
    Knative's webhook does, else every refresh shows a change.
    """
    return [_target(service, revision, percent) for revision, percent in percents.items()]


def tagged_host(tag: str, host: str) -> str:
    """Where Knative serves what has that tag: <tag>-<service>.<namespace>.<domain>."""
    return f"{tag}-{host}"


def _target(service: str, revision: str, percent: int) -> dict[str, Any]:
    latest = revision == LATEST
    name = {} if latest else {"revisionName": revision_name(service, revision)}
    return {**name, "latestRevision": latest, "percent": percent, "tag": revision}
