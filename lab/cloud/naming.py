"""Ids and times as the real account gives them."""

import secrets
from datetime import UTC, datetime

ACCOUNT_ID = "1234567890123456"
RESOURCE_GROUP = "rg-acfmlabdefault"


def new_id(prefix: str) -> str:
    """Lower-case letters and digits after the prefix: the provider checks vSwitch ids against that form."""
    return prefix + secrets.token_hex(8)


def age(moment: str) -> float:
    """Seconds since a time as now() gives it."""
    return (datetime.now(UTC) - datetime.fromisoformat(moment)).total_seconds()


def now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
