"""A preview against a stack that exists: the engine itself says what is replaced."""

from collections.abc import Mapping

from ops.plan.changes import Change, Op
from ops.plan.preview import STACK_TYPE, Preview, Step
from ops.plan.values import NOTHING, PropertyChange, differences

# A replacement is three steps; the one named `replace` has both states.
_OPS: Mapping[str, Op] = {
    "create": Op.CREATE,
    "import": Op.CREATE,
    "update": Op.UPDATE,
    "refresh": Op.UPDATE,
    "replace": Op.REPLACE,
    "delete": Op.DELETE,
}


def changes_of(preview: Preview) -> list[Change]:
    """Sorted by severity."""
    found = [_change(step) for step in preview.steps if step.op in _OPS and _counts(step)]
    return sorted(found, key=lambda change: change.rank)


def _counts(step: Step) -> bool:
    """Components only group others, and the stack's own outputs are not resources."""
    state = step.new or step.old
    return state is not None and state.custom and state.type != STACK_TYPE


def _change(step: Step) -> Change:
    op = _OPS[step.op]
    old, new = step.old, step.new
    state = new or old
    assert state is not None, "only steps with a state are counted"
    if op not in (Op.UPDATE, Op.REPLACE) or old is None or new is None:
        return Change(op, step.urn, state.type, protected=op is Op.DELETE and state.protect)
    reasons = set(step.reasons)
    properties = [
        PropertyChange(one.path, one.before, one.after, op is Op.REPLACE and one.path[0] in reasons)
        for one in differences(old.inputs, new.inputs)
    ]
    # What the provider names without a changed input was changed outside of Pulumi.
    seen = {one.path[0] for one in properties}
    properties += [PropertyChange((name,), NOTHING, NOTHING, True) for name in sorted(reasons - seen)]
    if op is Op.REPLACE and not reasons and old.trigger is not None:
        properties.append(PropertyChange(("replacement trigger",), old.trigger, new.trigger, True))
    return Change(op, step.urn, state.type, tuple(properties), op is Op.REPLACE and old.protect)
