"""Cluster-wide settings of Knative."""

from infra.settings.section import Section
from infra.settings.texts import Domain, Duration


class Knative(Section):
    """Cluster-wide settings of Knative."""

    domain: Domain | None = None
    """Services are reached at <service>.<namespace>.<domain>. Left out: that of gateway.domain, else example.com."""
    stable_window: Duration = "60s"
    """Over which the average concurrency is taken, 6s to 1h: how long idle pods stay before the last one may go."""
    scale_to_zero_grace_period: Duration = "30s"
    """How long the last pod stays after the decision to go to zero."""
    pod_retention_period: Duration = "0s"
    """How long the last pod stays at least after the last request."""
    progress_deadline: Duration = "20m"
    """How long a new revision may take to become ready: node, driver, image and model. Until then the pods of a
    broken revision hold their GPU nodes."""
    registries_skipping_tag_resolving: tuple[str, ...] = ("kind.local", "ko.local", "dev.local")
    """Registries whose images Knative takes by tag without asking for their digest."""
