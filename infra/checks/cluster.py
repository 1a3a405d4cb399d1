"""What the cluster's own settings ask of each other."""

from collections.abc import Callable, Iterator

from infra.checks.subject import Subject
from infra.settings.problem import Problem
from infra.settings.texts import seconds

_SCAN_INTERVAL = (10, 600)


def edition(subject: Subject) -> Iterator[Problem]:
    """ACK offers these with a managed control plane of the pro edition alone."""
    cluster = subject.draft.cluster
    if cluster is None or cluster.spec.startswith("ack.pro."):
        return
    asked = {("logs", "controlPlane"): cluster.logs.control_plane, ("secretEncryption",): cluster.secret_encryption}
    for place, value in asked.items():
        if value:
            allowed = f"nothing with cluster.spec {cluster.spec}: it needs an ack.pro one"
            mend = "take cluster.spec: ack.pro.small (an upgrade in place, with a fee), or remove this"
            yield Problem(subject.at("cluster", *place), "asked for", allowed, mend)


def automatic_upgrade(subject: Subject) -> Iterator[Problem]:
    """ACK upgrades in the window alone."""
    cluster = subject.draft.cluster
    if cluster and cluster.maintenance and cluster.maintenance.auto_upgrade and not cluster.maintenance.enabled:
        path = subject.at("cluster", "maintenance", "autoUpgrade")
        found = f'"{cluster.maintenance.auto_upgrade}" without a window'
        yield Problem(path, found, "nothing with maintenance.enabled: false", "remove it, or enable the window")


def each_once(subject: Subject) -> Iterator[Problem]:
    """A second mention is dropped by ACK, and every refresh would show it."""
    cluster = subject.draft.cluster
    if cluster is None:
        return
    lists: dict[tuple[str, ...], tuple[str, ...]] = {("logs", "controlPlane"): cluster.logs.control_plane}
    if cluster.maintenance:
        lists["maintenance", "days"] = cluster.maintenance.days
    for place, values in lists.items():
        for index, value in enumerate(values):
            if value in values[:index]:
                path = subject.at("cluster", *place, index)
                yield Problem(path, f'"{value}" a second time', "each once", "remove it")


def scan_interval(subject: Subject) -> Iterator[Problem]:
    """Shorter than a look takes, or so long that every start waits for it."""
    cluster, (low, high) = subject.draft.cluster, _SCAN_INTERVAL
    if cluster and not low <= seconds(cluster.autoscaler.scan_interval) <= high:
        path = subject.at("cluster", "autoscaler", "scanInterval")
        found = f'"{cluster.autoscaler.scan_interval}"'
        yield Problem(path, found, f"from {low}s to {high}s", "take a value in that range; 30s is ACK's own")


CHECKS: tuple[Callable[[Subject], Iterator[Problem]], ...] = (edition, automatic_upgrade, each_once, scan_interval)
