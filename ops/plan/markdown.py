"""The report as a pull request comment: ten seconds for the verdict, everything else folded."""

import html
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ops.cost.summary import Cost
from ops.plan.changes import Change, Op
from ops.plan.report import Care, Report, StackReport, Verdict
from ops.plan.values import NOTHING, PropertyChange, shown
from ops.rules import Finding

# GitHub takes 65,536 characters; some stay free for the marker by which the comment is found again.
LIMIT = 65_000
_SIGNS = {Op.CREATE: "+", Op.UPDATE: "~", Op.REPLACE: "±", Op.DELETE: "−"}
_DONE = {Op.REPLACE: "replaced", Op.DELETE: "deleted"}
_MOST_ERROR_TEXT = 2_000
_MOST_NAMES = 5
_CUT = "\n\n… (cut: the report is too long)\n"


def markdown(report: Report, limit: int = LIMIT) -> str:
    """At most `limit` characters: what does not fit is left out by severity, lowest first, and counted."""
    rows = sorted(_rows(report), key=lambda row: row.rank)
    fewest, most = 0, len(rows)
    while fewest < most:
        middle = (fewest + most + 1) // 2
        if len(_page(report, rows[:middle])) <= limit:
            fewest = middle
        else:
            most = middle - 1
    page = _page(report, rows[:fewest])
    return page if len(page) <= limit else page[: limit - len(_CUT)].rpartition("\n")[0] + _CUT


@dataclass(frozen=True)
class _Row:
    """One line of a stack's details; rank: what is least missed sorts last."""

    stack: str
    text: str
    rank: tuple[int, str, int]


def _rows(report: Report) -> Iterator[_Row]:
    for stack in report.stacks:
        for number, change in enumerate(stack.changes):
            for text in _change_lines(change):
                yield _Row(stack.name, text, (change.rank[0], stack.name, number))


def _page(report: Report, rows: Sequence[_Row]) -> str:
    parts = [f"### Preview · {_headline(report)}", _table(report)]
    for stack in report.stacks:
        parts += [_removal(stack)] if stack.removed else []
        parts += [_care(stack, care) for care in stack.cares]
        parts += [_refusal(stack, one) for one in stack.refusals]
        parts += [_broken(stack)] if stack.errors else []
    for stack in report.stacks:
        mine = [row for row in rows if row.stack == stack.name]
        parts += [part for part in (_details(stack, mine),) if part]
    return "\n\n".join([*parts, _footer(report)]) + "\n"


def _headline(report: Report) -> str:
    changed = [stack for stack in report.stacks if stack.verdict is not Verdict.SAME]
    if not changed:
        return "no stack changes"
    text = f"{_count(len(changed), 'stack')} {'changes' if len(changed) == 1 else 'change'}"
    for verdict, words in ((Verdict.BROKEN, "without a plan"), (Verdict.REFUSED, "refused"), (Verdict.CARE, "care")):
        number = sum(stack.verdict is verdict for stack in changed)
        if number and verdict is Verdict.CARE:
            text += f", {number} {'needs' if number == 1 else 'need'} care"
        elif number:
            text += f", {number} {words}"
    return text


def _table(report: Report) -> str:
    lines = [
        "| stack | create | update | replace | delete | hourly cost, idle → at most (estimate) | verdict |",
        "|---|---|---|---|---|---|---|",
    ]
    for stack in report.stacks:
        counts = [_number(stack, op) for op in (Op.CREATE, Op.UPDATE, Op.REPLACE, Op.DELETE)]
        lines.append(f"| {' | '.join([_text(stack.name), *counts, _hourly(stack), _verdict(stack)])} |")
    return "\n".join(lines)


def _number(stack: StackReport, op: Op) -> str:
    number = stack.counts.get(op, 0)
    careful = op in _DONE and any(care.op is op for care in stack.cares)
    return f"**{number}**" if careful else str(number) if number else "–"


def _hourly(stack: StackReport) -> str:
    cost = stack.after
    if cost is None:
        return "–"
    change = cost.ceiling - (stack.before.ceiling if stack.before else 0.0)
    figures = f"{cost.floor:.2f} → {cost.ceiling:.2f}"
    more = "±0" if abs(change) < 0.005 else f"{change:+.2f}".replace("-", "−")
    return f"{figures} {_text(cost.currency)} ({more})"


def _verdict(stack: StackReport) -> str:
    if stack.removed:
        return "**stack file removed**"
    if stack.verdict is Verdict.CARE:
        worst = stack.cares[0]
        verb = "replaces" if worst.op is Op.REPLACE else "deletes"
        return f"**{verb} {_many(worst)}**"
    return f"**{stack.verdict}**" if stack.verdict in (Verdict.REFUSED, Verdict.BROKEN) else stack.verdict.value


def _many(care: Care) -> str:
    number = len(care.changes)
    article = "an" if care.kind[:1].upper() in "AEIO" else "a"
    return f"{article} {care.kind}" if number == 1 else _count(number, care.kind)


def _removal(stack: StackReport) -> str:
    return (
        f"> **{_text(stack.name)} · its stack file is removed.** What runs goes on running and is billed, and nothing "
        "here manages it any more. Mend: `pulumi destroy` first, if it is not wanted."
    )


def _care(stack: StackReport, care: Care) -> str:
    verb = "is" if len(care.changes) == 1 else "are"
    text = f"> **{_text(stack.name)} · {_names(care)} {verb} {_DONE[care.op]}.** {care.consequence}"
    if causes := care.changes[0].causes:
        text += f" Cause: {_step(causes[0])} (fixed at creation)."
    if care.with_it:
        text += f" With it: {'; '.join(map(_names, care.with_it))}."
    if any(change.protected for change in care.changes):
        text += " It is protected, so `up` refuses this until `deletionProtection: false` is deployed."
    return f"{text} Mend: {care.mend}"


def _names(care: Care) -> str:
    names = [_code(change.name) for change in care.changes]
    more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
    return f"{care.kind if len(names) == 1 else _plural(care.kind)} {', '.join(names[:_MOST_NAMES])}{more}"


def _refusal(stack: StackReport, finding: Finding) -> str:
    return (
        f"> **{_text(stack.name)} · policy {finding.rule}: {_code(finding.subject)}.** {_sentence(finding.message)} "
        f"Mend: {_text(finding.mend)}."
    )


def _broken(stack: StackReport) -> str:
    told = "\n".join(stack.errors).strip()[:_MOST_ERROR_TEXT]
    return f"> **{_text(stack.name)} · there is no plan.**\n\n<pre>{html.escape(told)}</pre>"


def _details(stack: StackReport, rows: Sequence[_Row]) -> str:
    all_lines = sum(1 for change in stack.changes for _ in _change_lines(change))
    notes = list(_notes(stack))
    if not stack.changes:
        return ""
    title = f"{_text(stack.name)}: {_count(len(stack.changes), 'change')}"
    lines = [f"<details><summary>{title}</summary>", ""]
    if rows:
        lines += ["| | resource | property | from | to |", "|---|---|---|---|---|", *(row.text for row in rows)]
    if len(rows) < all_lines:
        lines += ["", f"{all_lines - len(rows)} more lines are in the full report."]
    for note in notes:
        lines += ["", note]
    return "\n".join([*lines, "", "</details>"])


def _change_lines(change: Change) -> Iterator[str]:
    what = f"| {_SIGNS[change.op]} | {_text(change.kind.name)} {_code(change.name)} "
    if not change.properties:
        yield f"{what}| | | |"
    for one in change.properties:
        mark = " (fixed at creation)" if one.fixed else " (may replace it: type unknown)" if change.is_guess else ""
        yield f"{what}| {_code(one.label)}{mark} | {_value(one.before)} | {_value(one.after)} |"


def _notes(stack: StackReport) -> Iterator[str]:
    for one in stack.advice:
        yield f"Policy {one.rule}: {_code(one.subject)}: {_sentence(one.message)} Mend: {_text(one.mend)}."
    if stack.after:
        yield f"Per month, estimate: {_monthly(stack.before, stack.after)}."
        if stack.after.unpriced:
            yield f"No price for {', '.join(map(_code, stack.after.unpriced))}: the figures are too low."
    if stack.hides_secrets:
        yield "Encrypted values are masked; that one of them changed cannot be seen here."


def _monthly(before: Cost | None, after: Cost) -> str:
    # In two currencies there is nothing to compare.
    old = before if before and before.currency == after.currency else None
    idle = _from(old.monthly_floor if old else None, after.monthly_floor, 0)
    most = _from(old.monthly_ceiling if old else None, after.monthly_ceiling, 0)
    text = f"idle {idle} {_text(after.currency)}, at most {most} {_text(after.currency)}"
    if after.image is not None:
        text += f"; per image {_from(old.image if old else None, after.image, 4)} {_text(after.currency)}"
    return text


def _from(before: float | None, after: float, digits: int) -> str:
    if before is None or abs(after - before) < 10**-digits / 2:
        return f"{after:,.{digits}f}"
    return f"{before:,.{digits}f} → {after:,.{digits}f}"


def _footer(report: Report) -> str:
    rules = {finding.rule for stack in report.stacks for finding in stack.findings}
    text = f"Policy: {report.rules - len(rules)} of {report.rules} rules passed in every stack"
    offline = [stack.name for stack in report.stacks if not stack.live]
    if not offline:
        return f"{text} · Plan made against the running stacks."
    of = "" if len(offline) == len(report.stacks) else f" of {', '.join(map(_text, offline))}"
    return (
        f"{text} · Plan{of} made offline (no credentials): compares what base and head ask for, not what is running; "
        "whether something is replaced is taken from the provider's schemas."
    )


def _step(one: PropertyChange) -> str:
    if one.before is NOTHING and one.after is NOTHING:
        return f"{_code(one.label)} was changed outside of Pulumi"
    return f"{_code(one.label)} {_value(one.before)} → {_value(one.after)}"


def _value(value: object) -> str:
    text = shown(value)
    return text if text == "–" else _code(text)


def _code(text: str) -> str:
    """Nothing in it is Markdown, HTML, a mention or the end of a table cell any more."""
    plain = " ".join(text.replace("`", "ʼ").split()).replace("|", "\\|")
    return f"`{plain}`" if plain else ""


def _text(text: str) -> str:
    """Words of ours with words of others in them, outside of code."""
    return html.escape(" ".join(text.split()), quote=False).translate(_MARKS)


def _sentence(text: str) -> str:
    return f"{_text(text[:1].upper() + text[1:])}."


_MARKS = str.maketrans({mark: f"\\{mark}" for mark in "\\`*_[]|#"} | {"@": "@\u200b"})


def _count(number: int, what: str) -> str:
    return f"{number} {what if number == 1 else _plural(what)}"


def _plural(what: str) -> str:
    return f"{what}es" if what.endswith(("s", "ch")) else f"{what}s"
