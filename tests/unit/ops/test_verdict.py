import pytest

from ops.hey import HeyReport
from ops.verdict import Limits, judge

GOOD = HeyReport(total_seconds=20, statuses={200: 50})


def failed(load: HeyReport = GOOD, peak: int = 5, end: int = 0, limits: Limits | None = None) -> list[str]:
    return [check.name for check in judge(load, peak, end, limits or Limits(max_total_seconds=25)) if not check.ok]


def test_the_guides_run_passes() -> None:
    assert failed() == []


@pytest.mark.parametrize(
    ("load", "peak", "end", "expected"),
    [
        (HeyReport(20, statuses={200: 49, 504: 1}), 5, 0, ["images"]),
        (HeyReport(20, statuses={200: 49}, errors={"timeout": 1}), 5, 0, ["images"]),
        (HeyReport(20, statuses={200: 49}), 5, 0, ["images"]),
        (HeyReport(20, statuses={200: 51}), 5, 0, ["images"]),
        (GOOD, 4, 0, ["most pods"]),
        (GOOD, 6, 0, []),
        (GOOD, 5, 1, ["pods at the end"]),
        (HeyReport(25.1, statuses={200: 50}), 5, 0, ["time in all"]),
        (HeyReport(99, statuses={}), 0, 2, ["images", "most pods", "pods at the end", "time in all"]),
    ],
)
def test_each_promise_is_checked_by_itself(load: HeyReport, peak: int, end: int, expected: list[str]) -> None:
    assert failed(load, peak, end) == expected


def test_without_a_limit_time_is_no_matter() -> None:
    assert failed(HeyReport(9999, statuses={200: 50}), limits=Limits()) == []


def test_what_came_instead_of_images_is_told() -> None:
    load = HeyReport(20, statuses={200: 47, 504: 2}, errors={"EOF": 1})

    assert judge(load, 5, 0, Limits())[0].got == "47 of 50 (2 × 504, 1 × EOF)"
