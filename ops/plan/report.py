"""What a change does to every stack: the model behind Markdown, JSON and exit status."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from dataclasses import replace as with_
from enum import StrEnum
from typing import Any

from ops.cost.budget import Budget
from ops.cost.prices import PriceError, shipped
from ops.cost.summary import Cost, cost_of
from ops.plan.changes import Change, Op
from ops.plan.compare import compare
from ops.plan.kinds import weight
from ops.plan.live import changes_of
from ops.plan.preview import Preview, PreviewError
from ops.plan.values import holds_secret, shown
from ops.rules import RULES, Finding, Level, Plan, judge


class Verdict(StrEnum):
    """From best to worst."""

    SAME = "unchanged"
    SAFE = "safe"
    CARE = "needs care"
    REFUSED = "refused"
    BROKEN = "no plan"


@dataclass(frozen=True)
class Care:
    """Changes of one kind that lose something: what follows, what to do instead, and what is lost along with it."""

    op: Op
    kind: str
    changes: Sequence[Change]
    consequence: str
    mend: str
    with_it: Sequence["Care"] = ()


@dataclass(frozen=True)
class StackReport:
    """before: None for a stack that is new; errors: why there is no plan of it; removed: its stack file is;
    live: against a stack that exists, else the difference of two plans of a new one."""

    name: str
    changes: Sequence[Change] = ()
    before: Cost | None = None
    after: Cost | None = None
    findings: Sequence[Finding] = ()
    errors: Sequence[str] = ()
    hides_secrets: bool = False
    removed: bool = False
    live: bool = False

    @property
    def counts(self) -> Mapping[Op, int]:
        return Counter(change.op for change in self.changes)

    @property
    def cares(self) -> Sequence[Care]:
        """The gravest first; replacements that only follow from others are within the first."""
        groups: dict[tuple[bool, Op, str], list[Change]] = {}
        for change in self.changes:
            if change.consequence:
                groups.setdefault((change.follows, change.op, change.type), []).append(change)
        cares = {
            key: _care(key[1], group) for key, group in sorted(groups.items(), key=lambda item: weight(item[0][2]))
        }
        own = [care for (follows, _, _), care in cares.items() if not follows]
        with_it = [care for (follows, _, _), care in cares.items() if follows]
        return [with_(own[0], with_it=with_it), *own[1:]] if own else with_it

    @property
    def refusals(self) -> Sequence[Finding]:
        """Why the stack is refused. A change that does not touch the stack is not held up by what was wrong before."""
        return [one for one in self.findings if one.level is Level.MANDATORY] if self.changes else []

    @property
    def advice(self) -> Sequence[Finding]:
        """All other findings."""
        refusals = self.refusals
        return [one for one in self.findings if one not in refusals]

    @property
    def verdict(self) -> Verdict:
        if self.errors:
            return Verdict.BROKEN
        if self.refusals:
            return Verdict.REFUSED
        if self.cares or self.removed:
            return Verdict.CARE
        return Verdict.SAFE if self.changes else Verdict.SAME


@dataclass(frozen=True)
class Report:
    """What every stack's people are told."""

    stacks: Sequence[StackReport]
    rules: int = field(default=len(RULES))

    @property
    def changes(self) -> bool:
        return any(stack.verdict is not Verdict.SAME for stack in self.stacks)

    @property
    def refused(self) -> bool:
        return any(stack.verdict in (Verdict.REFUSED, Verdict.BROKEN) for stack in self.stacks)

    @property
    def needs_care(self) -> bool:
        return any(stack.verdict is Verdict.CARE for stack in self.stacks)

    def to_json(self) -> Mapping[str, Any]:
        return {
            "refused": self.refused,
            "needsCare": self.needs_care,
            "stacks": [_stack_json(stack) for stack in self.stacks],
        }


def _care(op: Op, changes: Sequence[Change]) -> Care:
    kind = changes[0].kind
    return Care(op, kind.name, changes, changes[0].consequence, kind.mend)


def offline(name: str, base: str | None, head: str | None, image_seconds: float | None = None) -> StackReport:
    """base, head: the JSON of two previews of that stack as if nothing existed; None where there is no stack file."""
    try:
        before = Preview.parse(base) if base is not None else None
        if head is None:
            return StackReport(name, removed=True)
        after = Preview.parse(head)
        if after.errors:
            return StackReport(name, errors=after.errors)
        return _stack(name, compare(before or Preview(), after), before, after, image_seconds)
    except (PreviewError, PriceError, *_MALFORMED) as error:
        return StackReport(name, errors=[str(error)])


def against_state(name: str, preview: str, image_seconds: float | None = None) -> StackReport:
    """preview: the JSON of a preview against the stack's own state."""
    try:
        after = Preview.parse(preview)
        if after.errors:
            return StackReport(name, errors=after.errors, live=True)
        return with_(_stack(name, changes_of(after), after.former, after, image_seconds), live=True)
    except (PreviewError, PriceError, *_MALFORMED) as error:
        return StackReport(name, errors=[str(error)], live=True)


# What a plan may come from is a pull request of a stranger: no shape of it may end the report of the others.
_MALFORMED = (ValueError, TypeError, KeyError, AttributeError, IndexError)


def _stack(
    name: str, changes: Sequence[Change], before: Preview | None, after: Preview, seconds: float | None
) -> StackReport:
    return StackReport(
        name,
        changes,
        before=_cost(before, seconds) if before else None,
        after=_cost(after, seconds),
        findings=list(judge(rules_plan(after))),
        hides_secrets=any(holds_secret(one.inputs) for one in after.resources.values()),
    )


def _cost(preview: Preview, image_seconds: float | None) -> Cost:
    budget = Budget.of(preview.setting("budget"), shipped())
    return cost_of(preview.resources.values(), budget, shipped(), image_seconds)


def rules_plan(preview: Preview) -> Plan:
    """What the rules look at."""
    production = preview.setting("production") is True
    return Plan(list(preview.resources.values()), production, Budget.of(preview.setting("budget"), shipped()))


def _stack_json(stack: StackReport) -> Mapping[str, Any]:
    return {
        "name": stack.name,
        "mode": "live" if stack.live else "offline",
        "verdict": stack.verdict,
        "counts": {op.value: stack.counts.get(op, 0) for op in Op},
        "changes": [dict(_change_json(change)) for change in stack.changes],
        "findings": [
            {"rule": one.rule, "level": one.level, "resource": one.subject, "message": one.message, "mend": one.mend}
            for one in stack.findings
        ],
        "cost": {"before": _cost_json(stack.before), "after": _cost_json(stack.after), "estimate": True},
        "errors": list(stack.errors),
    }


def _change_json(change: Change) -> Iterator[tuple[str, Any]]:
    yield from (("op", change.op), ("kind", change.kind.name), ("name", change.name), ("urn", change.urn))
    if change.consequence:
        yield from (("consequence", change.consequence), ("mend", change.kind.mend))
    yield (
        "properties",
        [
            {"path": one.label, "from": shown(one.before), "to": shown(one.after), "fixed": one.fixed}
            for one in change.properties
        ],
    )


def _cost_json(cost: Cost | None) -> Mapping[str, Any] | None:
    if cost is None:
        return None
    return {
        "currency": cost.currency,
        "hourlyIdle": round(cost.floor, 2),
        "hourlyMost": round(cost.ceiling, 2),
        "monthlyIdle": round(cost.monthly_floor, 2),
        "monthlyMost": round(cost.monthly_ceiling, 2),
        "perImage": None if cost.image is None else round(cost.image, 4),
        "unpriced": list(cost.unpriced),
    }
