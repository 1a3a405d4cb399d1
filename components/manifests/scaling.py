"""What a revision tells Knative's autoscaler."""

from dataclasses import dataclass

_PREFIX = "autoscaling.knative.dev"


@dataclass(frozen=True)
class Scaling:
    """How many pods a revision runs. None leaves the choice to the cluster's config-autoscaler.

    initial_scale: pods that must be ready before a new revision counts as ready; 0 buys no GPU node at a
        deployment, and shows a bad image only at the first request.
    activation_scale: pods to start at once when leaving zero, 2 at least.
    target_burst_capacity: requests that the activator holds back; 0 takes it out of the path once a pod runs.
        With the activator in the path a cookie pins an activator, not a pod, and a killed container answers 502
        to as many requests as it can swallow until it is back.
    window: over which the average concurrency is taken; scale_down_delay: how long fewer requests must last before
        pods go; pod_retention_period: how long the last pod stays after the decision to go to zero. Durations as Go
        writes them, 1h at most, the window 6s at least.
    panic_window_percentage: of the window, 1 to 100: over which a sudden rise is looked for;
    panic_threshold_percentage: of the target, 110 to 1000: what counts as one.
    """

    min_scale: int | None = None
    max_scale: int = 10
    initial_scale: int | None = None
    activation_scale: int | None = None
    target_utilization_percentage: int = 100
    target_burst_capacity: int | None = None
    window: str | None = None
    scale_down_delay: str | None = None
    pod_retention_period: str | None = None
    panic_window_percentage: float | None = None
    panic_threshold_percentage: float | None = None


def scaling_annotations(scaling: Scaling) -> dict[str, str]:
    """Of the revision's template; on the service itself Knative refuses them."""
    # maxScale and targetUtilizationPercentage are the guide's spelling, which Knative takes as well as its own.
    values: dict[str, str | int | float | None] = {
        "class": f"kpa.{_PREFIX}",
        "min-scale": scaling.min_scale,
        "maxScale": scaling.max_scale,
        "initial-scale": scaling.initial_scale,
        "activation-scale": scaling.activation_scale,
        "targetUtilizationPercentage": scaling.target_utilization_percentage,
        "target-burst-capacity": scaling.target_burst_capacity,
        "window": scaling.window,
        "scale-down-delay": scaling.scale_down_delay,
        "scale-to-zero-pod-retention-period": scaling.pod_retention_period,
        "panic-window-percentage": scaling.panic_window_percentage,
        "panic-threshold-percentage": scaling.panic_threshold_percentage,
    }
    return {f"{_PREFIX}/{key}": _text(value) for key, value in values.items() if value is not None}


def _text(value: str | int | float) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
