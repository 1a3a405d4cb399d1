"""What is done to objects: created, updated, patched, read, deleted, and tried out without a trace."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from .api import ApiError, Client
from .convert import Object
from .diff import Path
from .objects import annotation, bare, is_set, title
from .readiness import rules
from .waiting import Waiter, patience

# Kinds that the official plugin does not wait for at deletion under `pulumi.com/skipAwait`; it waits for all others.
_SKIPPED = {"Namespace", "Pod", "ReplicationController", "DaemonSet", "Deployment", "StatefulSet", "Job"}
_PROPAGATION = {"orphan": "Orphan", "background": "Background"}


@dataclass(frozen=True)
class Desired:
    """An object as the program wants it.

    manager: the name that owns its fields in the cluster. patch: only these fields, of an object that somebody else
    made. force: take fields from other managers. timeout: seconds from customTimeouts, 0 if not given.
    """

    inputs: Object
    manager: str
    patch: bool = False
    force: bool = False
    timeout: float = 0


@dataclass(frozen=True)
class Operations:
    """On one cluster, for one resource. Everything raises ApiError for what the server refuses."""

    client: Client
    waiter: Waiter

    def try_create(self, desired: Desired) -> Object | None:
        """What the server would store; None where that cannot be asked yet: its namespace or kind comes with this
        same update, there is no such server, or the object is there (a replacement, whose predecessor goes first).
        """
        if desired.patch:
            return None
        return self._ask(lambda: None if self.client.get(desired.inputs) else self._apply(desired, dry_run=True))

    def try_update(self, desired: Desired, ignored: Sequence[Path] = ()) -> Object | None:
        """As `try_create`, for an object that is there."""
        return self._ask(lambda: self._apply(self._without(desired, ignored), dry_run=True))

    def create(self, desired: Desired, upsert: bool = False) -> Object:
        """Raises NotReadyError once the object is there but does not become ready."""
        live = self.waiter.until_served(lambda: self._create(desired, upsert))
        return self._ready(desired, live)

    def update(self, desired: Desired, manager_before: str, ignored: Sequence[Path] = ()) -> Object:
        """Raises as `create` does. ignored: property paths that keep what the cluster has."""
        if self.client.get(desired.inputs) is None:
            raise ApiError(
                404, f"{title(desired.inputs)} is gone from the cluster", hint="`pulumi up --refresh` makes it again."
            )
        live = self._apply(self._without(desired, ignored))
        if manager_before != desired.manager:
            self.client.apply(bare(live), manager_before)
        return self._ready(desired, live)

    def delete(self, obj: Object, inputs: Mapping[str, Any], timeout: float) -> None:
        """Returns once the object is gone; fine if it is already. Raises StillThereError with what holds it."""
        live = self.client.get(obj)
        if live is None:
            return
        policy = _PROPAGATION.get(annotation(inputs, "deletionPropagationPolicy").lower(), "Foreground")
        try:
            self.client.delete(live, policy)
        except ApiError as error:
            if not error.not_found:
                raise
        if not (is_set(inputs, "skipAwait") and live["kind"] in _SKIPPED):
            self.waiter.until_gone(live, patience(timeout, annotation(inputs, "timeoutSeconds")))

    def release(self, obj: Object, manager: str) -> None:
        """Give the fields of a patch back: what no other manager owns goes, the object stays."""
        if self.client.get(obj) is None:
            return
        try:
            self.client.apply(bare(obj), manager)
        except ApiError as error:
            if error.code != 422:
                raise
            fields = ", ".join(error.fields) or str(error)
            raise ApiError(
                422,
                f"{title(obj)} cannot do without what this patch set: {fields}",
                hint="Let another manager own it first, or keep it with the resource option retain_on_delete.",
            ) from error

    def _create(self, desired: Desired, upsert: bool) -> Object:
        there = self.client.get(desired.inputs)
        if there and there["metadata"].get("deletionTimestamp"):
            # A predecessor that nobody waited for (`skipAwait`): what is applied to it now would go with it.
            self.waiter.until_gone(there, patience(desired.timeout, annotation(desired.inputs, "timeoutSeconds")))
            there = None
        if desired.patch and there is None:
            raise ApiError(
                404,
                f"{title(desired.inputs)} is not there to be patched",
                hint="Make this resource depend on what creates that object.",
            )
        if there is not None and not desired.patch and not upsert:
            raise ApiError(
                409,
                f"{title(desired.inputs)} exists already",
                hint="Import it (`pulumi import`), change only some of its fields (a Patch resource), or take it over "
                "(Provider argument upsert_existing_objects).",
            )
        return self._apply(desired)

    def _apply(self, desired: Desired, dry_run: bool = False) -> Object:
        try:
            return self.client.apply(desired.inputs, desired.manager, desired.force, dry_run)
        except ApiError as error:
            if not error.conflict:
                raise
            raise ApiError(
                409,
                f"{title(desired.inputs)}: {error}",
                error.fields,
                hint="Another manager owns these fields. Leave them out, or take them over with the annotation "
                'pulumi.com/patchForce: "true".',
            ) from error

    def _ready(self, desired: Desired, live: Object) -> Object:
        seconds = patience(desired.timeout, annotation(desired.inputs, "timeoutSeconds"))
        return self.waiter.until_ready(live, rules(desired.inputs), seconds)

    def _without(self, desired: Desired, ignored: Sequence[Path]) -> Desired:
        """Applying what the cluster has at the ignored paths disturbs none of their owners."""
        live = self.client.get(desired.inputs) if ignored else None
        if live is None:
            return desired
        inputs = desired.inputs
        for path in ignored:
            inputs = keep(inputs, live, path)
        return replace(desired, inputs=inputs)

    def _ask(self, call: Callable[[], Object | None]) -> Object | None:
        try:
            return call()
        except ApiError as error:
            if error.not_found or error.unreachable or error.forbidden:
                return None
            raise


def keep(inputs: Any, live: Any, path: Sequence[str | int]) -> Any:
    """The inputs with the value that the live object has at a path; as they are where either has nothing there."""
    if not path:
        return live
    key, rest = path[0], path[1:]
    if isinstance(inputs, dict) and isinstance(live, dict) and key in inputs and key in live:
        return {**inputs, key: keep(inputs[key], live[key], rest)}
    if (
        isinstance(inputs, list)
        and isinstance(live, list)
        and isinstance(key, int)
        and key < min(len(inputs), len(live))
    ):
        return [keep(value, live[index], rest) if index == key else value for index, value in enumerate(inputs)]
    return inputs
