"""What a rule is, and what it looks at."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from ops.cost.budget import Budget
from ops.plan.preview import Resource


class Level(StrEnum):
    """advisory: said, stops nothing."""

    ADVISORY = "advisory"
    MANDATORY = "mandatory"


NO_BUDGET = Budget(None, "USD")


@dataclass(frozen=True)
class Plan:
    """All resources of a stack, and what its settings say about it."""

    resources: Sequence[Resource]
    production: bool = False
    budget: Budget = NO_BUDGET

    def of(self, type_: str) -> Iterator[Resource]:
        return (one for one in self.resources if one.type == type_)


@dataclass(frozen=True)
class Finding:
    """subject: the resource's name; message: what is wrong; mend: what to write instead."""

    rule: str
    level: Level
    urn: str
    message: str
    mend: str

    @property
    def subject(self) -> str:
        return self.urn.rsplit("::", 1)[-1]


# What is wrong, and with which resource.
Violations = Iterator[tuple[Resource, str]]


@dataclass(frozen=True)
class Rule:
    """name: as in `pulumi policy`; description: what must hold; production: holds in production stacks only."""

    name: str
    level: Level
    description: str
    mend: str
    production: bool
    violations: Callable[[Plan], Violations]

    def judge(self, plan: Plan) -> Iterator[Finding]:
        if plan.production or not self.production:
            for resource, message in self.violations(plan):
                yield Finding(self.name, self.level, resource.urn, message, self.mend)


def rule(
    name: str, description: str, mend: str, level: Level = Level.MANDATORY, production: bool = False
) -> Callable[[Callable[[Plan], Violations]], Rule]:
    """Turns a function into a rule."""

    def made(violations: Callable[[Plan], Violations]) -> Rule:
        return Rule(name, level, description, mend, production, violations)

    return made


def inside(value: Any, *path: str) -> Any:
    """What lies at that path in nested maps; None if it is not there or what holds it is no map."""
    for key in path:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def entries(value: Any) -> Sequence[Any]:
    """A list, or nothing where it is none or not known yet."""
    return value if isinstance(value, list | tuple) else ()
