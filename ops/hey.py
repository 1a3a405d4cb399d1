"""What hey prints (github.com/rakyll/hey), as data."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

_TOTALS = {
    "total_seconds": r"Total:\s+([\d.]+) secs",
    "slowest_seconds": r"Slowest:\s+([\d.]+) secs",
    "fastest_seconds": r"Fastest:\s+([\d.]+) secs",
    "average_seconds": r"Average:\s+([\d.]+) secs",
    "requests_per_second": r"Requests/sec:\s+([\d.]+)",
}
# hey 0.1.4 prints 10% as "10% in", some builds as "10%% in".
_PERCENTILE = re.compile(r"^\s*(\d+)%+ in ([\d.]+) secs", re.MULTILINE)
_STATUS = re.compile(r"^\s*\[(\d{3})\]\s+(\d+) responses", re.MULTILINE)
_ERROR = re.compile(r"^\s*\[(\d+)\]\s+(.+)$", re.MULTILINE)
_ERRORS_TITLE = "Error distribution:"


class HeyError(RuntimeError):
    """hey did not run, or what it printed is no report."""


@dataclass(frozen=True)
class HeyReport:
    """statuses: answers by HTTP status; errors: requests without an answer, by reason; percentiles: seconds by percent.

    Of requests without an answer hey knows no time: the seconds are of those that were answered, 0 if none was.
    """

    total_seconds: float
    slowest_seconds: float = 0.0
    fastest_seconds: float = 0.0
    average_seconds: float = 0.0
    requests_per_second: float = 0.0
    percentiles: Mapping[int, float] = field(default_factory=dict)
    statuses: Mapping[int, int] = field(default_factory=dict)
    errors: Mapping[str, int] = field(default_factory=dict)

    @property
    def requests(self) -> int:
        return sum(self.statuses.values()) + sum(self.errors.values())

    @property
    def succeeded(self) -> int:
        return self.statuses.get(200, 0)


def parse(text: str) -> HeyReport:
    """Raises HeyError where there is no summary."""
    summary, _, errors = text.partition(_ERRORS_TITLE)
    totals = {name: float(found[1]) for name, pattern in _TOTALS.items() if (found := re.search(pattern, summary))}
    if "total_seconds" not in totals:
        raise HeyError(f"this is no report of hey: {text.strip()[:300] or 'it is empty'}")
    return HeyReport(
        **totals,
        # A percentile that was not reached is printed as "0% in 0.0000 secs".
        percentiles={
            int(percent): float(seconds) for percent, seconds in _PERCENTILE.findall(summary) if percent != "0"
        },
        statuses={int(status): int(count) for status, count in _STATUS.findall(summary)},
        errors=_sum_by_reason(_ERROR.findall(errors)),
    )


def _sum_by_reason(found: list[tuple[str, str]]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for count, reason in found:
        # The peer's port differs in every message.
        reason = re.sub(r":\d+->", ":*->", reason.strip())
        counts[reason] = counts.get(reason, 0) + int(count)
    return counts
