"""What `make bench` makes of its measurements."""

import pytest

from tests.bench.__main__ import MOST_GROWTH, Cost, growth

HUNDRED = Cost(100, 0.02, 0.7, 30)


@pytest.mark.parametrize(
    ("thousand", "linear"),
    [
        (Cost(1000, 0.2, 7, 300), True),
        (Cost(1000, 2, 7, 300), False),
        (Cost(1000, 0.2, 70, 300), False),
        (Cost(1000, 0.2, 7, 3000), False),
    ],
    ids=["linear", "checks that are quadratic", "registrations that are quadratic", "memory that is quadratic"],
)
def test_ten_times_the_services_may_cost_ten_times_and_not_a_hundred(thousand: Cost, linear: bool) -> None:
    assert (growth(HUNDRED, thousand) <= MOST_GROWTH) is linear
