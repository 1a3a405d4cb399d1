"""Names for objects whose program gives none."""

import hashlib
from collections.abc import Mapping
from typing import Any

from pulumi.runtime.proto import provider_pb2 as pb

from .convert import Object
from .objects import PREFIX, is_set, name_of

_AUTONAMED = f"{PREFIX}autonamed"
_Options = pb.CheckRequest.AutonamingOptions


def named(inputs: Object, before: Mapping[str, Any], request: pb.CheckRequest) -> Object:
    """The inputs with a name: as given, as before, or `<resource name>-<8 hex digits>` from the engine's seed.

    Raises ValueError where the stack's autonaming is off.
    """
    metadata = inputs.get("metadata", {})
    if not isinstance(metadata, dict) or metadata.get("name"):
        return inputs
    if is_set(before, "autonamed"):
        return _with_name(inputs, before["metadata"]["name"])
    if request.autonaming.mode == _Options.DISABLE:
        raise ValueError("autonaming is disabled for this stack: set metadata.name")
    suffix = hashlib.sha256(request.randomSeed).hexdigest()[:8]
    return _with_name(inputs, request.autonaming.proposed_name or f"{name_of(request.urn)}-{suffix}")


def is_autonamed(inputs: Mapping[str, Any]) -> bool:
    return is_set(inputs, "autonamed")


def _with_name(inputs: Object, name: str) -> Object:
    metadata = inputs.get("metadata", {})
    annotations = metadata.get("annotations") or {}
    if isinstance(annotations, dict):  # else they are not known yet
        annotations = {**annotations, _AUTONAMED: "true"}
    return {**inputs, "metadata": {**metadata, "name": name, "annotations": annotations}}
