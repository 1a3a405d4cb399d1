"""The answer to a Diff: what changes, and whether the object has to be made anew for it."""

from collections.abc import Mapping, Sequence
from typing import Any

from pulumi.runtime.proto import provider_pb2 as pb

from .api import ApiError, Client
from .convert import Object, has_unknown
from .diff import Change, Kind, Path, changes, fixed, parse, seen, within
from .naming import is_autonamed
from .operations import Desired

_KINDS = {
    Kind.ADD: (pb.PropertyDiff.ADD, pb.PropertyDiff.ADD_REPLACE),
    Kind.DELETE: (pb.PropertyDiff.DELETE, pb.PropertyDiff.DELETE_REPLACE),
    Kind.UPDATE: (pb.PropertyDiff.UPDATE, pb.PropertyDiff.UPDATE_REPLACE),
}


def compare(
    inputs: Mapping[str, Any],
    live: Object,
    desired: Desired,
    ignored: Sequence[Path],
    mutable: frozenset[str],
    client: Client | None,
) -> pb.DiffResponse:
    """inputs: those the object was last written with; live: what the server made of them.

    What the server stored is compared, not what was sent: an input that a webhook rewrites (1024Mi to 1Gi) shows as a
    change in every preview, here as with the official plugin.
    """
    old, new = _same_place(seen(live, inputs), live, desired.inputs, client)
    found = [c for c in changes(old, new) if not any(within(c.path, outer) for outer in ignored)]
    replacing = _replacing(found, new, desired, mutable, client)
    response = pb.DiffResponse(
        changes=pb.DiffResponse.DIFF_SOME if found else pb.DiffResponse.DIFF_NONE,
        replaces=[str(change) for change in replacing],
        diffs=sorted({str(change.path[0]) for change in found}),
        # A name that the program fixes can be used again only once the old object is gone.
        deleteBeforeReplace=bool(replacing) and not is_autonamed(new) and _place(old) == _place(new),
        hasDetailedDiff=True,
    )
    for change in found:
        response.detailedDiff[str(change)].kind = _KINDS[change.kind][change in replacing]
        response.detailedDiff[str(change)].inputDiff = True
    return response


def _replacing(
    found: list[Change], new: Object, desired: Desired, mutable: frozenset[str], client: Client | None
) -> list[Change]:
    paths: list[Path] = [("metadata", "name"), ("metadata", "namespace")] if desired.patch else fixed(new, mutable)
    replacing = [change for change in found if any(within(change.path, path) for path in paths)]
    if replacing or not found or desired.patch or client is None or has_unknown(new):
        return replacing
    try:
        client.apply(new, desired.manager, force=True, dry_run=True)
    except ApiError as error:
        if error.immutable:
            return _at_fault(found, error)
        # Any other refusal is for the update to report, in preview and for real alike.
    return []


def _at_fault(found: list[Change], error: ApiError) -> list[Change]:
    """The changes that the server named; all of them if it named none."""
    fields = [parse(field) for field in error.fields]
    named = [c for c in found if any(within(c.path, field) or within(field, c.path) for field in fields)]
    return named or found


def _same_place(old: Object, live: Object, news: Object, client: Client | None) -> tuple[Object, Object]:
    """Both with their namespace spelled out: leaving it away means the default one, which is no change."""
    meant = live["metadata"].get("namespace")
    if not meant or not isinstance(news.get("metadata"), dict):
        return old, news
    default = client.namespace if client else "default"
    metadata = {"namespace": default, **news["metadata"]}
    return {**old, "metadata": {**old.get("metadata", {}), "namespace": meant}}, {**news, "metadata": metadata}


def _place(obj: Object) -> tuple[Any, Any]:
    metadata = obj.get("metadata", {})
    return metadata.get("namespace"), metadata.get("name")
