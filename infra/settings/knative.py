"""Cluster-wide settings of Knative."""

from typing import Annotated

from pydantic import Field

from infra.settings.section import Section
from infra.settings.texts import Cpu, Domain, Duration, Memory


class QueueProxyAmounts(Section):
    """Of Knative's own container, which every pod has."""

    cpu: Cpu | None = None
    """Cores; left out: as Knative ships it (25m asked for, no limit)."""
    memory: Memory | None = None
    """Memory; left out: as Knative ships it (nothing asked for, no limit)."""


class QueueProxy(Section):
    """Knative's own container in every pod: it takes requests in and passes them on, images of megabytes included."""

    requests: QueueProxyAmounts = QueueProxyAmounts()
    """What it asks for, on top of what the service asks for."""
    limits: QueueProxyAmounts = QueueProxyAmounts()
    """What it may use at most; above it memory is a killed pod, CPU a slow one."""


class Knative(Section):
    """Cluster-wide settings of Knative. It takes a value out of range without complaint and keeps the old settings, so
    they are checked before."""

    domain: Domain | None = None
    """Services are reached at <service>.<namespace>.<domain>. Left out: that of gateway.domain, else example.com."""
    stable_window: Duration = "60s"
    """Over which the average concurrency is taken, 6s to 1h: how long idle pods stay before the last one may go."""
    scale_to_zero_grace_period: Duration = "30s"
    """How long the last pod stays after the decision to go to zero; 1s at least."""
    pod_retention_period: Duration = "0s"
    """How long the last pod stays at least after the last request."""
    scale_down_delay: Duration | None = None
    """How long fewer requests must last before pods go, in services that do not say it. Left out: none."""
    target_utilization_percentage: Annotated[int, Field(ge=2, le=100)] = 100
    """Of a pod's concurrency that is aimed at, for services of others in this cluster; those of this stack say their
    own. At Knative's 70 five concurrent requests of one each ask for eight pods."""
    target_burst_capacity: Annotated[int, Field(ge=-1, le=10000)] | None = None
    """Requests that the activator holds back for services that do not say it: -1 always, 0 only until a pod runs.
    Left out: Knative's 211."""
    panic_window_percentage: Annotated[int, Field(ge=1, le=100)] | None = None
    """Of stableWindow: over which a sudden rise is looked for. Left out: Knative's 10."""
    panic_threshold_percentage: Annotated[int, Field(ge=110, le=1000)] | None = None
    """Of what the running pods can take: from where on a rise counts as sudden, and no pod goes for a while. Left out:
    Knative's 200."""
    max_scale_limit: Annotated[int, Field(ge=1, le=10000)] | None = None
    """Pods that no service of the cluster may ask for more of: a guard against a typo in maxScale, whoever makes it.
    Left out: no limit."""
    progress_deadline: Duration = "20m"
    """How long a new revision may take to become ready, 1s at least: node, driver, image and model. Until then the
    pods of a broken revision hold their GPU nodes."""
    registries_skipping_tag_resolving: tuple[str, ...] = ("kind.local", "ko.local", "dev.local")
    """Registries whose images Knative takes by tag without asking for their digest."""
    digest_resolution_timeout: Duration | None = None
    """How long Knative asks a registry what a tag means, 1s at least; a longer way to the registry needs more. Left
    out: Knative's 10s."""
    queue_proxy: QueueProxy = QueueProxy()
    """Knative's own container in every pod."""
