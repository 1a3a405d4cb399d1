"""Two previews of a new stack, of base and of head: what the change between them would do to a stack that exists.

Nothing of the real stack is known here. Whether a resource is replaced is decided as the provider would decide it, by
the table of properties that are fixed at creation; what depends on something replaced follows.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace as with_

from ops.plan.changes import Change, Op
from ops.plan.kinds import is_fixed, kind
from ops.plan.preview import Preview, Resource
from ops.plan.values import PropertyChange, differences, holds_unknown

_OLD, _NEW = "(of the old one)", "(of the new one)"


def compare(base: Preview, head: Preview) -> list[Change]:
    """Sorted by severity."""
    before, after = base.resources, head.resources
    old_of = {urn: before[urn] for urn in after if urn in before}
    moved = {alias: urn for urn, one in after.items() for alias in one.aliases if alias in before and urn not in old_of}
    old_of |= {urn: before[alias] for alias, urn in moved.items()}
    changes = [*_forward(old_of, after), *_deleted(before, after.keys() | moved.keys())]
    return sorted(changes, key=lambda change: change.rank)


def _forward(old_of: Mapping[str, Resource], after: Mapping[str, Resource]) -> Iterator[Change]:
    """In the engine's order, in which everything comes after what it depends on."""
    renewed: set[str] = set()
    for urn, new in after.items():
        old = old_of.get(urn)
        if old is None:
            renewed.add(urn)
            yield Change(Op.CREATE, urn, new.type)
            continue
        found = [*differences(old.inputs, new.inputs), *_knock_on(old, new, renewed)]
        properties = tuple(with_(one, fixed=_is_fixed(new, one)) for one in _once(found))
        properties += tuple(_triggers(old, new, renewed, {after[one].type for one in renewed if one in old_of}))
        if any(one.fixed for one in properties):
            renewed.add(urn)
            yield Change(Op.REPLACE, urn, new.type, properties, old.protect)
        elif properties:
            yield Change(Op.UPDATE, urn, new.type, properties)


def _is_fixed(new: Resource, change: PropertyChange) -> bool:
    return is_fixed(new.type, change.path) or change.path[0] in new.replace_on


def _triggers(old: Resource, new: Resource, renewed: set[str], types: set[str]) -> Iterator[PropertyChange]:
    """What replaces it without being a property of it. types: of what is replaced so far."""
    if new.provider in renewed and old.provider == new.provider:
        yield PropertyChange(("provider",), _OLD, _NEW, fixed=True, follows=True)
    if None not in (old.trigger, new.trigger) and new.trigger != old.trigger:
        yield PropertyChange(("replacement trigger",), old.trigger, new.trigger, fixed=True)
    elif new.trigger is not None and types.intersection(kind(new.type).goes_with):
        yield PropertyChange(("replacement trigger",), _OLD, _NEW, fixed=True, follows=True)


def _knock_on(old: Resource, new: Resource, renewed: set[str]) -> Iterator[PropertyChange]:
    """Values that come from a resource that is replaced, or from another one than before: unknown both times, and yet
    not the same."""
    for name, sources in sorted(new.depends.items()):
        if holds_unknown(new.inputs.get(name)) and renewed.intersection(sources) and name in old.inputs:
            yield PropertyChange((name,), _OLD, _NEW, follows=True)


def _once(changes: Iterable[PropertyChange]) -> list[PropertyChange]:
    """The first for each path, and none for what lies inside another."""
    kept: list[PropertyChange] = []
    for change in changes:
        if not any(change.path[: len(one.path)] == one.path or one.path[:1] == change.path for one in kept):
            kept.append(change)
    return kept


def _deleted(before: Mapping[str, Resource], kept: Iterable[str]) -> Iterator[Change]:
    remaining = set(kept)
    yield from (
        Change(Op.DELETE, urn, one.type, protected=one.protect) for urn, one in before.items() if urn not in remaining
    )
