"""The status of a KIngress: what Knative waits for."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from lab.gateway.kinds import ALB, Kind

_CONDITIONS = ("LoadBalancerReady", "NetworkConfigured", "Ready")


@dataclass(frozen=True)
class Verdict:
    """Unknown: wait; False: it will not get better by itself."""

    ready: Literal["True", "False", "Unknown"]
    reason: str = ""
    message: str = ""


def next_status(
    manifest: Mapping[str, Any], verdict: Verdict, dns_name: str, now: datetime | None = None, kind: Kind = ALB
) -> dict[str, Any] | None:
    """The status to write, None where the present one says it already. dns_name: empty for the kind's own Service.

    Unknown does not take back a True of the same generation: what that generation asked for is still served.
    """
    old = manifest.get("status") or {}
    generation = manifest["metadata"]["generation"]
    before = {condition["type"]: condition for condition in old.get("conditions") or []}
    same_generation = old.get("observedGeneration") == generation
    if same_generation and verdict.ready == "Unknown" and before.get("Ready", {}).get("status") == "True":
        return None
    moment = (now or datetime.now(UTC)).strftime("%Y-%m-%dT%H:%M:%SZ")
    new = {
        "observedGeneration": generation,
        "conditions": [_condition(name, verdict, before.get(name, {}), moment) for name in _CONDITIONS],
        "publicLoadBalancer": {
            "ingress": [{"domain": dns_name} if dns_name else {"domainInternal": kind.entrances[-1].domain}]
        },
        "privateLoadBalancer": {"ingress": [{"domainInternal": kind.entrances[0].domain}]},
    }
    return None if new == {key: old.get(key) for key in new} else new


def _condition(name: str, verdict: Verdict, before: Mapping[str, Any], moment: str) -> dict[str, str]:
    changed = before.get("status") != verdict.ready
    condition = {
        "type": name,
        "status": verdict.ready,
        "lastTransitionTime": moment if changed else before["lastTransitionTime"],
    }
    if verdict.reason:
        condition |= {"reason": verdict.reason, "message": verdict.message}
    return condition
