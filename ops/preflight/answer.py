"""One answer of the account."""

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """warn: `up` may work all the same."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True)
class Answer:
    """found: what the account says; mend: what to do, "" where nothing is to be done."""

    question: str
    verdict: Verdict
    found: str
    mend: str = ""
