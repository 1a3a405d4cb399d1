"""Whether a load test went as the guide promises."""

from collections.abc import Sequence
from dataclasses import dataclass

from ops.hey import HeyReport


@dataclass(frozen=True)
class Limits:
    """requests: all of them must be answered 200; min_peak_pods: ready at one time; max_total_seconds: for all."""

    requests: int = 50
    min_peak_pods: int = 5
    max_total_seconds: float | None = None


@dataclass(frozen=True)
class Check:
    """One line of the verdict."""

    name: str
    wanted: str
    got: str
    ok: bool


def judge(report: HeyReport, peak_pods: int, pods_at_end: int, limits: Limits) -> Sequence[Check]:
    checks = [
        Check(
            "images",
            f"{limits.requests} of {limits.requests}",
            f"{report.succeeded} of {limits.requests}{_others(report)}",
            report.succeeded == limits.requests == report.requests,
        ),
        Check("most pods", f"at least {limits.min_peak_pods}", str(peak_pods), peak_pods >= limits.min_peak_pods),
        Check("pods at the end", "0", str(pods_at_end), pods_at_end == 0),
    ]
    if limits.max_total_seconds is not None:
        wanted = f"at most {limits.max_total_seconds:g} s"
        in_time = report.total_seconds <= limits.max_total_seconds
        checks.append(Check("time in all", wanted, f"{report.total_seconds:.1f} s", in_time))
    return checks


def _others(report: HeyReport) -> str:
    """What came instead of 200."""
    others = [f"{count} × {status}" for status, count in sorted(report.statuses.items()) if status != 200]
    others += [f"{count} × {reason}" for reason, count in sorted(report.errors.items())]
    return f" ({', '.join(others)})" if others else ""
