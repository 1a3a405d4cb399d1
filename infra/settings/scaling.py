"""Settings of how many pods a service runs."""

from typing import Annotated

from pydantic import Field

from infra.settings.section import Section
from infra.settings.texts import Duration


class Scaling(Section):
    """How many pods run."""

    min_scale: Annotated[int, Field(ge=0, le=1000)] = 0
    """Pods that are always there; 0 costs nothing when idle, and the first request then waits for a node."""
    max_scale: Annotated[int, Field(ge=1, le=1000)] = 10
    """Pods at most: prevents unbounded GPU spend."""
    initial_scale: Annotated[int, Field(ge=0, le=1000)] = 1
    """Pods that a new revision must bring up to count as ready. 0 buys no GPU node at a deployment, and shows a bad
    image only at the first request."""
    activation_scale: Annotated[int, Field(ge=2, le=1000)] | None = None
    """Pods to start at once when leaving zero."""
    target_utilization_percentage: Annotated[int, Field(ge=1, le=100)] = 100
    """Of containerConcurrency; at 100 a pod is added only when the others are fully used."""
    target_burst_capacity: Annotated[int, Field(ge=-1, le=10000)] | None = None
    """Whether Knative's activator stands between gateway and pods. 0: only until a pod runs, so that a cookie finds its
    pod and a killed container costs one or two requests instead of hundreds. -1: always, so that a request goes to a
    pod that is free, and five at once bring up five pods and not now and then a sixth. Left out: 0 with affinity,
    which needs it; else Knative's own 211, which for Stable Diffusion comes to -1."""
    window: Duration | None = None
    """Over which the average concurrency of this service is taken, 6s to 1h; left out: knative.stableWindow."""
    scale_down_delay: Duration | None = None
    """How long fewer requests must last before pods go, 1h at most: whoever pauses for less finds the pod and its model
    still there, and its GPU is paid meanwhile. Left out: none."""
    pod_retention_period: Duration | None = None
    """How long the last pod stays after the decision to go to zero, 1h at most; left out:
    knative.podRetentionPeriod."""
    panic_window_percentage: Annotated[float, Field(ge=1, le=100)] | None = None
    """Of the window: over which a sudden rise is looked for; left out: Knative's 10."""
    panic_threshold_percentage: Annotated[float, Field(ge=110, le=1000)] | None = None
    """Of what the running pods can take: from where on a rise counts as sudden, and no pod goes for a while; left out:
    Knative's 200."""
