"""When an object counts as ready: what the program asks for (`pulumi.com/waitFor`), else what its kind means by it."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import jsonpath_rfc9535

from .objects import annotation, is_set


@dataclass(frozen=True)
class Rule:
    """Something that has to hold. text: as the program wrote it, for messages."""

    text: str
    holds: Callable[[Mapping[str, Any]], bool]


def rules(inputs: Mapping[str, Any]) -> list[Rule]:
    """All that must hold before the object is ready; nothing under `pulumi.com/skipAwait`.

    Raises ValueError if the annotation cannot be read.
    """
    if is_set(inputs, "skipAwait"):
        return []
    if asked := annotation(inputs, "waitFor"):
        return parse(asked)
    builtin = _BUILTIN.get((inputs["apiVersion"], inputs["kind"]))
    return [builtin] if builtin else []


def parse(text: str) -> list[Rule]:
    """`condition=TYPE[=STATUS]`, `jsonpath={.path}[=VALUE]`, or a JSON list of these.

    Raises ValueError that shows the expression and how it should look.
    """
    try:
        expressions = json.loads(text)
    except ValueError:
        expressions = [text]
    if not isinstance(expressions, list) or not expressions or not all(isinstance(e, str) for e in expressions):
        raise ValueError(f"pulumi.com/waitFor: expected one expression or a JSON list of expressions, got {text!r}")
    return [_rule(expression) for expression in expressions]


def _rule(expression: str) -> Rule:
    form, _, rest = expression.partition("=")
    if form == "condition" and rest:
        name, _, status = rest.partition("=")
        return Rule(expression, lambda obj: _has_condition(obj, name, status or "True"))
    if form == "jsonpath" and rest:
        return Rule(expression, _json_path(rest))
    raise ValueError(
        f"pulumi.com/waitFor: {expression!r} is neither condition=TYPE, condition=TYPE=STATUS, jsonpath={{.path}} "
        "nor jsonpath={.path}=VALUE"
    )


def _has_condition(obj: Mapping[str, Any], name: str, status: str) -> bool:
    for condition in conditions(obj):
        if str(condition.get("type")).lower() == name.lower():
            current = _observed(obj, condition.get("observedGeneration"))
            return current and str(condition.get("status")).lower() == status.lower()
    return False


def _json_path(text: str) -> Callable[[Mapping[str, Any]], bool]:
    match = re.fullmatch(r"\{\s*(.+?)\s*\}(?:=(.+))?", text)
    if not match:
        raise ValueError(f"pulumi.com/waitFor: jsonpath={text}: expected {{.path}} or {{.path}}=VALUE, braces included")
    path, value = match.groups()
    try:
        query = jsonpath_rfc9535.compile(path if path.startswith("$") else f"${path}")
    except jsonpath_rfc9535.JSONPathError as error:
        raise ValueError(f"pulumi.com/waitFor: jsonpath={text}: {error}") from error

    def holds(obj: Mapping[str, Any]) -> bool:
        found = query.find_one(dict(obj))
        return _observed(obj) and found is not None and value in (None, _text(found.value))

    return holds


def _text(value: Any) -> str:
    """As kubectl prints it: booleans in lower case."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _observed(obj: Mapping[str, Any], generation: int | None = None) -> bool:
    """Whether the status speaks of the object as it is now, not of an earlier version of it."""
    wanted = obj["metadata"].get("generation", 0)
    seen = generation if generation is not None else _status(obj).get("observedGeneration", wanted)
    return bool(seen >= wanted)


def conditions(obj: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    return _status(obj).get("conditions") or []


def _status(obj: Mapping[str, Any]) -> Mapping[str, Any]:
    return obj.get("status") or {}


def _rolled_out(obj: Mapping[str, Any]) -> bool:
    status, wanted = _status(obj), obj["spec"].get("replicas", 1)
    counts = [status.get(key, 0) for key in ("replicas", "updatedReplicas", "availableReplicas")]
    return "observedGeneration" in status and _observed(obj) and counts == [wanted] * 3


def _on_every_node(obj: Mapping[str, Any]) -> bool:
    status = _status(obj)
    wanted = status.get("desiredNumberScheduled")
    counts = [status.get(key, 0) for key in ("updatedNumberScheduled", "numberAvailable")]
    return wanted is not None and _observed(obj) and counts == [wanted] * 2


_REPLICAS = Rule("all replicas available", _rolled_out)
_BUILTIN: Mapping[tuple[str, str], Rule] = {
    ("apps/v1", "Deployment"): _REPLICAS,
    ("apps/v1", "StatefulSet"): _REPLICAS,
    ("apps/v1", "DaemonSet"): Rule("a pod on every node", _on_every_node),
    ("batch/v1", "Job"): _rule("condition=Complete"),
    ("apiextensions.k8s.io/v1", "CustomResourceDefinition"): _rule("condition=Established"),
}
