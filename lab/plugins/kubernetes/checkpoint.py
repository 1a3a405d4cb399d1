"""The state of a resource: the live object, with what the plugin needs to know again (the official plugin's layout)."""

import hashlib
from collections.abc import Mapping
from typing import Any

from .convert import Object, hide, reveal
from .objects import annotation

_INPUTS = "__inputs"
_MANAGER = "__fieldManager"
_API_VERSION = "__initialApiVersion"
_OWN = frozenset({_INPUTS, _MANAGER, _API_VERSION})

# What the server writes into an object by itself; not to be taken for inputs when an object is imported.
_SERVER_METADATA = frozenset({"creationTimestamp", "generation", "managedFields", "resourceVersion", "uid", "selfLink"})


def state(live: Object, inputs: Object, manager: str) -> Object:
    """Everything of the live object is an output, `status` too. inputs: with secrets marked, and so is the result."""
    outputs = hide(_without_managers(live), inputs)
    if live.get("kind") == "Secret":
        outputs = _hide_data(outputs, inputs)
    return {**outputs, _INPUTS: inputs, _MANAGER: manager, _API_VERSION: live["apiVersion"]}


def live_of(state: Mapping[str, Any]) -> Object:
    """The object as it was last seen, secrets in the clear."""
    live: Object = reveal({key: value for key, value in state.items() if key not in _OWN})
    return live


def inputs_of(state: Mapping[str, Any]) -> Object:
    inputs: Object = reveal(state.get(_INPUTS) or {})
    return inputs


def manager_of(state: Mapping[str, Any], inputs: Mapping[str, Any], urn: str) -> str:
    """`pulumi.com/patchFieldManager`, else the one that the state names, else a new one of the resource's own."""
    kept = annotation(inputs, "patchFieldManager") or state.get(_MANAGER)
    return str(kept) if kept else f"pulumi-kubernetes-{hashlib.sha256(urn.encode()).hexdigest()[:8]}"


def imported(live: Object) -> Object:
    """Inputs for an object that no program described yet."""
    metadata = {key: value for key, value in live["metadata"].items() if key not in _SERVER_METADATA}
    return {**{key: value for key, value in live.items() if key != "status"}, "metadata": metadata}


def _without_managers(live: Object) -> Object:
    metadata = {key: value for key, value in live["metadata"].items() if key != "managedFields"}
    return {**live, "metadata": metadata}


def _hide_data(outputs: Object, inputs: Mapping[str, Any]) -> Object:
    """What came in as secret stringData is in `data` now, encoded but readable."""
    if isinstance(outputs.get("data"), dict) and "stringData" in inputs:
        return hide(outputs, {"data": inputs["stringData"]})
    return outputs
