"""How Knative and Kubernetes see that a container works."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Probe:
    """Of the service's port. The defaults are the guide's.

    path: of an HTTP GET that must answer with 200 to 399; None: the port need only take a connection.
    timeout_seconds: of one attempt; None: Kubernetes' second.
    """

    path: str | None = None
    initial_delay_seconds: int = 5
    period_seconds: int = 1
    failure_threshold: int = 3
    timeout_seconds: int | None = None


def probe(asked: Probe, port: int) -> dict[str, Any]:
    """As a container has it."""
    how = {"httpGet": {"path": asked.path, "port": port}} if asked.path else {"tcpSocket": {"port": port}}
    timeout = {} if asked.timeout_seconds is None else {"timeoutSeconds": asked.timeout_seconds}
    return {
        **how,
        "initialDelaySeconds": asked.initial_delay_seconds,
        "periodSeconds": asked.period_seconds,
        "failureThreshold": asked.failure_threshold,
        **timeout,
    }
