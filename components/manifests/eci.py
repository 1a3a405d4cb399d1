"""What a pod says to run on virtual nodes, that is on elastic container instances (ECI)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi

Manifest = dict[str, Any]

POLICY_API_VERSION = "scheduling.alibabacloud.com/v1alpha1"
POLICY_KIND = "ResourcePolicy"

_PREFIX = "k8s.aliyun.com/eci-"
# ECI takes five at most.
_MAX_SPECS = 5
_WAITS_FOR_NODES: Mapping[str, str] = {"k8s.aliyun.com/resource-policy-wait-for-ecs-scaling": "true"}


@dataclass(frozen=True)
class EciSpot:
    """Spare capacity; price_limit: per hour in the account's currency, None: whatever the market asks;
    on_demand_fallback: buy at the full price where no spare capacity is left."""

    price_limit: float | None = None
    on_demand_fallback: bool = True


@dataclass(frozen=True)
class Eci:
    """How pods run on virtual nodes. All of it counts when a pod is made, and only there.

    nodes_first: False: on virtual nodes alone. True: nodes of the cluster first, by a ResourcePolicy (ACK Pro).
    wait_for_nodes: with nodes_first, how long a pod waits for a node that the autoscaler orders (10m); None: it goes
        to a virtual node as soon as no running node has room.
    specs: GPU instance types in the order of preference, five at most.
    image_cache: start from a snapshot of the image, which ECI makes at the first start and bills as a snapshot.
    gpu_driver: major version (535); None: ECI's default for the type.
    extra_storage_gib: over and above the 30 GiB that every instance has.
    zone_order: ordered (the first vSwitch that has stock) or random; None: ECI's default.
    """

    specs: Sequence[str]
    nodes_first: bool = False
    wait_for_nodes: str | None = None
    spot: EciSpot | None = None
    image_cache: bool = True
    gpu_driver: str | None = None
    extra_storage_gib: int | None = None
    zone_order: str | None = None


def eci_labels(eci: Eci | None) -> dict[str, str]:
    """Of the pod. The label sends it to virtual nodes alone; with nodes first the ResourcePolicy does."""
    return {} if eci is None or eci.nodes_first else {"alibabacloud.com/eci": "true"}


def eci_annotations(eci: Eci | None) -> dict[str, str]:
    """Of the pod; what is not asked for is left to ECI."""
    if eci is None:
        return {}
    values: dict[str, str | None] = {
        **_spot(eci.spot),
        "use-specs": ",".join(eci.specs[:_MAX_SPECS]) or None,
        "image-cache": "true" if eci.image_cache else None,
        "gpu-driver-version": f"tesla={eci.gpu_driver}" if eci.gpu_driver else None,
        "extra-ephemeral-storage": f"{eci.extra_storage_gib}Gi" if eci.extra_storage_gib else None,
        "schedule-strategy": f"VSwitch{eci.zone_order.capitalize()}" if eci.zone_order else None,
    }
    return {_PREFIX + key: value for key, value in values.items() if value is not None}


def _spot(spot: EciSpot | None) -> dict[str, str | None]:
    if spot is None:
        return {}
    limit = spot.price_limit
    return {
        "spot-strategy": "SpotAsPriceGo" if limit is None else "SpotWithPriceLimit",
        "spot-price-limit": None if limit is None else f"{limit:g}",
        "spot-fallback": "true" if spot.on_demand_fallback else None,
    }


def nodes_before_eci(name: str, namespace: pulumi.Input[str], wait_for_nodes: str | None) -> Manifest:
    """The ResourcePolicy of a Knative Service: nodes first, then virtual nodes; the other way when it shrinks.

    The units have no node selector: the cluster's autoscaler understands no other units. No `max` either, which ACK
    rules out for autoscaled pools.
    """
    nodes: Manifest = {"resource": "ecs", **({"podLabels": dict(_WAITS_FOR_NODES)} if wait_for_nodes else {})}
    waiting: Manifest = {"whenTryNextUnits": {"policy": "TimeoutOrExceedMax", "timeout": wait_for_nodes}}
    return {
        "apiVersion": POLICY_API_VERSION,
        "kind": POLICY_KIND,
        "metadata": {"name": name, "namespace": namespace},
        "spec": {
            "selector": {"serving.knative.dev/service": name},
            "strategy": "prefer",
            "units": [nodes, {"resource": "eci"}],
            **(waiting if wait_for_nodes else {}),
        },
    }
