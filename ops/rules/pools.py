"""Rules about GPU pools."""

from collections.abc import Mapping

from ops.cost.items import NODE_POOL, SERVICE
from ops.plan.preview import Resource
from ops.rules.rule import Plan, Violations, entries, inside, rule

_MIN_SCALE = ("autoscaling.knative.dev/min-scale", "autoscaling.knative.dev/minScale")


@rule(
    "spot-has-a-way-out",
    "A service that must always run has a place to run when spot nodes are taken back.",
    "set spot.onDemandFallback: true and zonePolicy: cost of the pool, or scaling.minScale: 0 of the service",
)
def spot_has_a_way_out(plan: Plan) -> Violations:
    always = [service for service in plan.of(SERVICE) if _min_scale(service) > 0]
    pools = [pool for pool in plan.of(NODE_POOL) if pool.inputs.get("scalingConfig")]
    for service in always:
        possible = [pool for pool in pools if _may_run(service, pool)]
        if possible and all(map(_is_spot_only, possible)):
            names = ", ".join(pool.name for pool in possible)
            yield service, f"at least {_min_scale(service)} pods must run, but {names} may lose every node at once"


def _is_spot_only(pool: Resource) -> bool:
    spot = pool.inputs.get("spotStrategy", "NoSpot") != "NoSpot"
    return spot and pool.inputs.get("compensateWithOnDemand") is not True


def _may_run(service: Resource, pool: Resource) -> bool:
    """Whether the service's node selector fits the pool's labels."""
    selector = inside(service.inputs, "spec", "template", "spec", "nodeSelector") or {}
    labels = {inside(one, "key"): inside(one, "value") for one in entries(pool.inputs.get("labels"))}
    return isinstance(selector, Mapping) and all(labels.get(key) == value for key, value in selector.items())


def _min_scale(service: Resource) -> int:
    annotations = inside(service.inputs, "spec", "template", "metadata", "annotations") or {}
    found = next((annotations[key] for key in _MIN_SCALE if key in annotations), "0")
    return int(found) if str(found).isdigit() else 0
