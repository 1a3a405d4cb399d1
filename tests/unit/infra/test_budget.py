"""The budget of a stack."""

from typing import Any

import pytest

from tests.unit.infra.samples import found, guide


@pytest.mark.parametrize(
    ("budget", "path"),
    [
        ({"maxHourly": 0}, "budget.maxHourly"),
        ({"maxHourly": "40"}, "budget.maxHourly"),
        ({"maxHourly": 40, "currency": "GBP"}, "budget.currency"),
        ({"prices": {"ecs.gn7i-c8g1.2xlarge": -1}}, "budget.prices"),
        ({"maxMonthly": 40}, "budget.maxMonthly"),
    ],
)
def test_a_budget_that_is_none_is_refused(budget: dict[str, Any], path: str) -> None:
    (problem,) = found(guide(budget=budget))

    assert problem.startswith(path)


def test_a_budget_with_prices_of_ones_own_is_taken() -> None:
    assert found(guide(budget={"maxHourly": 40.5, "currency": "CNY", "prices": {"ecs.g7.xlarge": 1.5}})) == {}
