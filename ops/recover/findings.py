"""What is to be done about each resource that the state lacks, and about objects that nobody knows."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from ops.recover.account import Account
from ops.recover.finders import FINDERS, IN_A_PARENT, NEEDLESS, Found
from ops.recover.state import State, Wanted


class Verdict(StrEnum):
    """ADOPT: into the state. WAIT: it is being made still. CLEAR: there is nothing, `up` makes it. UNDECIDED: a person
    has to look. SPARE: the state holds another one, and this one is certainly the stack's. FOREIGN: or perhaps not."""

    ADOPT = "adopt"
    WAIT = "wait"
    CLEAR = "clear"
    UNDECIDED = "undecided"
    SPARE = "spare"
    FOREIGN = "foreign?"


@dataclass(frozen=True)
class Finding:
    """id: of the object, of several with commas, or ""."""

    wanted: Wanted
    verdict: Verdict
    id: str
    how: str
    said: str


def findings(account: Account, state: State, plan: Sequence[Wanted]) -> Iterator[Finding]:
    """First what an engine died creating, then what the plan would create and is there, then what is there twice.
    Raises ApiError."""
    died = state.died_creating
    urns = {one.urn for one in died}
    for wanted in died:
        yield _pending(account, state, wanted)
    for wanted in plan:
        if wanted.urn not in urns and (found := _candidates(account, state.held, wanted)):
            yield _one_of(state, wanted, found)
    for held in state.made:
        for spare in _candidates(account, state.held, held):
            yield _beside(held, spare)


def _beside(held: Wanted, spare: Found) -> Finding:
    if held.type in IN_A_PARENT or _tagged(held, spare):
        told = "the state holds another one: with --spares the next `up` deletes this one"
        return Finding(held, Verdict.SPARE, spare.id, _how(held, spare), told)
    told = "the state holds another one, and this one has no tags: look, and delete it if no other stack uses it"
    return Finding(held, Verdict.FOREIGN, spare.id, _how(held, spare), told)


def _pending(account: Account, state: State, wanted: Wanted) -> Finding:
    if found := _candidates(account, state.held, wanted):
        return _one_of(state, wanted, found)
    return Finding(wanted, Verdict.CLEAR, "", "an engine died creating it", _next_for(wanted))


def _next_for(wanted: Wanted) -> str:
    """What becomes of a resource that is cleared."""
    if wanted.type in FINDERS:
        return "there is none: `up` makes it"
    if not wanted.type.startswith("alicloud:"):
        return "`up` makes it; where it says `exists already`, see the runbook"
    if wanted.type in NEEDLESS:
        return NEEDLESS[wanted.type]
    return "not looked for: `up` makes it, or says that there is one; then `pulumi import` it or delete it"


def _one_of(state: State, wanted: Wanted, found: Sequence[Found]) -> Finding:
    ids, how = ", ".join(one.id for one in found), _how(wanted, found[0])
    if len(found) > 1:
        told = "more than one fits: delete those that nothing uses, then recover again; `up` now would make one more"
        return Finding(wanted, Verdict.UNDECIDED, ids, how, told)
    if found[0].broken:
        told = f"it is {found[0].status}: delete it, then recover again"
        return Finding(wanted, Verdict.UNDECIDED, ids, how, told)
    if not (wanted.known and state.can_hold(wanted)):
        told = "what it hangs on is not in the state: adopt that first, then recover again"
        return Finding(wanted, Verdict.UNDECIDED, ids, how, told)
    if not found[0].ready:
        return Finding(wanted, Verdict.WAIT, ids, how, f"it is {found[0].status}")
    return Finding(wanted, Verdict.ADOPT, ids, how, "into the state")


def _candidates(account: Account, held: Mapping[str, set[str]], wanted: Wanted) -> Sequence[Found]:
    """Objects that could be the resource and belong to no other of the stack."""
    finder = FINDERS.get(wanted.type)
    if not finder or not wanted.placed:
        return []
    taken, tags = held.get(wanted.type, set()), wanted.inputs.get("tags") or {}
    return [
        one
        for one in finder(account, wanted.inputs)
        if one.id not in taken and all(one.tags.get(key, value) == value for key, value in tags.items())
    ]


def _how(wanted: Wanted, found: Found) -> str:
    by = "name and tags" if _tagged(wanted, found) else "name or place"
    return f"{'an engine died creating it; ' if wanted.pending else ''}by {by}"


def _tagged(wanted: Wanted, found: Found) -> bool:
    tags: Mapping[str, str] = wanted.inputs.get("tags") or {}
    return bool(tags) and tags.items() <= found.tags.items()
