"""What happens to one resource, and how much care it needs."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from ops.plan.kinds import Kind, is_known, kind
from ops.plan.values import PropertyChange


class Op(StrEnum):
    CREATE = "create"
    UPDATE = "update"
    REPLACE = "replace"
    DELETE = "delete"


@dataclass(frozen=True)
class Change:
    """properties: empty for what is created or deleted; protected: the engine will refuse."""

    op: Op
    urn: str
    type: str
    properties: Sequence[PropertyChange] = ()
    protected: bool = False

    @property
    def name(self) -> str:
        return self.urn.rsplit("::", 1)[-1]

    @property
    def kind(self) -> Kind:
        return kind(self.type)

    @property
    def consequence(self) -> str:
        """What is lost, in words; "" where nothing is that anyone would miss."""
        return {Op.REPLACE: self.kind.replaced, Op.DELETE: self.kind.deleted}.get(self.op, "")

    @property
    def causes(self) -> Sequence[PropertyChange]:
        """Why it is a replacement."""
        return [one for one in self.properties if one.fixed] if self.op is Op.REPLACE else []

    @property
    def follows(self) -> bool:
        """Whether it is replaced only because something else is."""
        return bool(self.causes) and all(one.follows for one in self.causes)

    @property
    def is_guess(self) -> bool:
        """Whether an update may turn out to be a replacement, as nothing is known about the type."""
        return self.op is Op.UPDATE and not is_known(self.type)

    @property
    def rank(self) -> tuple[int, str, str]:
        """Sorts changes: what needs care first, then by severity and name."""
        severity = {Op.REPLACE: 2, Op.DELETE: 3, Op.UPDATE: 4, Op.CREATE: 5}[self.op]
        if self.consequence:
            severity -= 2
        return severity, self.kind.name, self.urn
