"""ResourcePolicies: which pods go to virtual nodes when the nodes of the cluster are full, and how long they wait."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel

from lab.cloud.ack.demand import Demand

NODES_FIRST = ["ecs", "eci"]
UNITS = {"h": 3600.0, "m": 60.0, "s": 1.0}


class Policy(BaseModel):
    """wait_seconds: how long a pod waits for a node that is ordered for it; None: it goes as soon as none has room."""

    namespace: str
    selector: dict[str, str]
    wait_seconds: float | None

    def selects(self, pod: Demand) -> bool:
        labels = self.selector.items() <= pod.labels.items()
        return labels and pod.pod.startswith(f"{self.namespace}/")


def policies(manifests: Iterable[Mapping[str, Any]]) -> list[Policy]:
    """Those that order nodes before virtual nodes; others are left out, as nothing acts on them."""
    return [
        Policy(
            namespace=manifest["metadata"]["namespace"],
            selector=manifest["spec"].get("selector") or {},
            wait_seconds=_waits(manifest["spec"].get("whenTryNextUnits") or {}),
        )
        for manifest in manifests
        if [unit.get("resource") for unit in manifest["spec"].get("units") or []] == NODES_FIRST
    ]


def _waits(next_units: Mapping[str, Any]) -> float | None:
    if next_units.get("policy") != "TimeoutOrExceedMax":
        return None
    parts = re.findall(r"(\d+)([hms])", next_units.get("timeout") or "")
    return sum(int(number) * UNITS[unit] for number, unit in parts)
