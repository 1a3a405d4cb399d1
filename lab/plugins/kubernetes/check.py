"""What can be said against an object before any server is asked."""

from collections.abc import Iterator, Mapping
from typing import Any

from pulumi.runtime.proto import provider_pb2 as pb

from .convert import has_unknown
from .objects import Type, annotation
from .readiness import parse


def faults(inputs: Mapping[str, Any], declared: Type) -> Iterator[pb.CheckFailure]:
    """One failure for each fault. declared: the type of the resource that holds the object."""
    for key in ("apiVersion", "kind"):
        if not inputs.get(key):
            yield pb.CheckFailure(property=key, reason="is required")
    metadata = inputs.get("metadata", {})
    if isinstance(metadata, dict) and not metadata.get("name"):
        if metadata.get("generateName"):
            reason = "server-side apply needs a name: set metadata.name, or leave both out to have one made"
            yield pb.CheckFailure(property="metadata.generateName", reason=reason)
        elif declared.patches(inputs.get("kind", "")):
            yield pb.CheckFailure(property="metadata.name", reason="a Patch resource must name the object it changes")
    waits = annotation(inputs, "waitFor")
    try:
        if waits and not has_unknown(waits):
            parse(waits)
    except ValueError as error:
        yield pb.CheckFailure(property='metadata.annotations["pulumi.com/waitFor"]', reason=str(error))
