"""What policies allow: deny by default, a Deny goes before every Allow.

What is not understood in a statement (a condition, an element such as NotAction) makes an Allow void and a Deny hold:
a key must not open for want of understanding.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, Literal

Verdict = Literal["Allow", "ImplicitDeny", "ExplicitDeny"]
Document = Mapping[str, Any]
_UNDERSTOOD = {"Effect", "Action", "Resource", "Sid"}


@dataclass(frozen=True)
class Asked:
    """action: as policies name it, such as vpc:CreateVpc. resource: its ARN; exact: whether it names the very object,
    which the lab knows for OSS alone."""

    action: str
    resource: str
    exact: bool = False


def judge(documents: Iterable[Document], asked: Asked) -> Verdict:
    statements = [one for document in documents for one in listed(document.get("Statement"))]
    if any(one.get("Effect") == "Deny" and _denies(one, asked) for one in statements):
        return "ExplicitDeny"
    return (
        "Allow" if any(one.get("Effect") == "Allow" and _allows(one, asked) for one in statements) else "ImplicitDeny"
    )


def listed(value: Any) -> list[Any]:
    """What may be one thing or several in a document."""
    return list(value) if isinstance(value, list) else [value] if value else []


def _allows(statement: Document, asked: Asked) -> bool:
    understood = set(statement) <= _UNDERSTOOD
    return understood and _fits(statement, "Action", asked.action) and _fits(statement, "Resource", asked.resource)


def _denies(statement: Document, asked: Asked) -> bool:
    action = "Action" not in statement or _fits(statement, "Action", asked.action)
    resource = not asked.exact or "Resource" not in statement or _fits(statement, "Resource", asked.resource)
    return action and resource


def _fits(statement: Document, element: str, value: str) -> bool:
    return any(fnmatchcase(value, pattern) for pattern in listed(statement.get(element)))
