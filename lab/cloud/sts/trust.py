"""Whom a role trusts, as its policy document says."""

import json
from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

from lab.cloud.ram.policies import listed

ASSUME = ("sts:AssumeRole", "sts:*", "*")
_OPERATORS = {
    "StringEquals": lambda value, wanted: value == wanted,
    "StringLike": fnmatchcase,
}


def trusts(document: str, kind: str, principals: Sequence[str], claims: Mapping[str, Sequence[str]]) -> bool:
    """Whether a statement allows one of the principals of that kind (RAM, Federated) to take the role.

    claims: condition key, such as oidc:sub → its values; one that fits is enough.
    """
    statements = listed(json.loads(document).get("Statement"))
    return any(_names(one, kind, principals) and _holds(one.get("Condition") or {}, claims) for one in statements)


def _names(statement: Mapping[str, Any], kind: str, principals: Sequence[str]) -> bool:
    trusted = listed((statement.get("Principal") or {}).get(kind))
    asked = any(action in ASSUME for action in listed(statement.get("Action")))
    return statement.get("Effect") == "Allow" and asked and not set(trusted).isdisjoint(principals)


def _holds(conditions: Mapping[str, Mapping[str, Any]], claims: Mapping[str, Sequence[str]]) -> bool:
    """An operator that is not known here does not hold: a role must not open for want of understanding."""
    return all(
        operator in _OPERATORS
        and any(_OPERATORS[operator](value, one) for value in claims.get(key, ()) for one in listed(wanted))
        for operator, keys in conditions.items()
        for key, wanted in keys.items()
    )
