"""Why an object is not ready, for people: its own conditions, and for a Knative Service what its pods say."""

from collections.abc import Iterator, Mapping
from typing import Any

from .api import ApiError, Client
from .objects import title
from .readiness import conditions

_PODS = 3  # one is enough as a rule; a whole list would bury it


def conditions_told(obj: Mapping[str, Any]) -> list[str]:
    """One line per condition, what is not True first: `Ready=False (RevisionMissing): …`."""
    lines = [_condition(c) for c in sorted(conditions(obj), key=lambda c: c.get("status") == "True")]
    phase = (obj.get("status") or {}).get("phase")
    return lines or [f"phase={phase}" if phase else "no status yet"]


def why(client: Client, live: Mapping[str, Any]) -> list[str]:
    """All that can be learned about an object that is not ready. Never raises: it runs inside another error."""
    lines = conditions_told(live)
    if live["apiVersion"].startswith("serving.knative.dev/") and live["kind"] == "Service":
        try:
            lines += _knative(client, live)
        except ApiError as error:
            lines.append(f"(no more to learn: {error})")
    return lines


def blockers(live: Mapping[str, Any]) -> str:
    """What keeps an object from going away."""
    finalizers = list(live["metadata"].get("finalizers") or [])
    if live["kind"] == "Namespace":
        finalizers += (live.get("spec") or {}).get("finalizers") or []
    told = [f"held by {', '.join(finalizers)}" if finalizers else "waiting for what it owns"]
    told += [_condition(c) for c in conditions(live) if live["kind"] == "Namespace" and c.get("status") == "True"]
    return "; ".join(told)


def _condition(condition: Mapping[str, Any]) -> str:
    reason = f" ({condition['reason']})" if condition.get("reason") else ""
    message = f": {condition['message']}" if condition.get("message") else ""
    return f"{condition.get('type')}={condition.get('status')}{reason}{message}"


def _knative(client: Client, live: Mapping[str, Any]) -> Iterator[str]:
    """A Knative Service says Unknown for minutes; its newest revision and the pods of that know why."""
    revision = (live.get("status") or {}).get("latestCreatedRevisionName")
    if not revision:
        yield "no revision yet"
        return
    namespace = live["metadata"]["namespace"]
    found = client.read(f"/apis/serving.knative.dev/v1/namespaces/{namespace}/revisions/{revision}")
    for condition in conditions(found):
        if condition.get("status") != "True":
            yield f"Revision {revision}: {_condition(condition)}"
    selector = f"serving.knative.dev/revision={revision}"
    pods = client.read(f"/api/v1/namespaces/{namespace}/pods", labelSelector=selector)["items"]
    for pod in pods[:_PODS]:
        yield "; ".join([title({"kind": "Pod", **pod}), *_pod(pod.get("status") or {})])
    if not pods:
        yield f"Revision {revision} has no pod"


def _pod(status: Mapping[str, Any]) -> Iterator[str]:
    yield str(status.get("phase"))
    for condition in status.get("conditions") or []:
        if condition.get("type") == "PodScheduled" and condition.get("status") != "True":
            yield _condition(condition)
    for container in status.get("containerStatuses") or []:
        for state, detail in (container.get("state") or {}).items():
            if state != "running":
                reason = " ".join(filter(None, (detail.get("reason"), detail.get("message"))))
                yield f"container {container['name']} {state}: {reason}".rstrip(": ")
