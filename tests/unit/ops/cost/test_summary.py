"""A stack's cost in its own currency, and what an image costs."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ops.cli import app
from ops.cost.budget import Budget
from ops.cost.image import seconds_per_image
from ops.cost.prices import PriceError, shipped
from ops.cost.summary import Cost, cost_of
from ops.plan.preview import Preview
from tests.unit.ops.plan.samples import created, pool


def plan(budget: str | None = None, most: int = 2) -> str:
    config = {"p:budget": budget} if budget else {}
    return created(pool("p", ["ecs.gn7i-c8g1.2xlarge"], (0, most)), config=config)


def cost(text: str, seconds: float | None = None) -> Cost:
    preview = Preview.parse(text)
    return cost_of(preview.resources.values(), Budget.of(preview.setting("budget"), shipped()), shipped(), seconds)


def verified(path: Path, seconds: object) -> Path:
    path.write_text(json.dumps({"load": {"average_seconds": seconds}}))
    return path


def test_without_a_budget_the_cost_is_in_the_catalogues_currency() -> None:
    found = cost(plan())

    assert (found.currency, found.floor, found.ceiling) == ("USD", 0, 2 * shipped().instances["ecs.gn7i-c8g1.2xlarge"])


def test_with_a_budget_it_is_in_the_budgets() -> None:
    found = cost(plan('{"maxHourly": 40, "currency": "CNY"}'))

    assert found.currency == "CNY"
    assert found.ceiling == pytest.approx(2 * 1.75 * shipped().rates["CNY"])


def test_a_price_of_the_stacks_own_takes_the_place_of_the_estimate() -> None:
    own = plan('{"currency": "CNY", "prices": {"ecs.gn7i-c8g1.2xlarge": 10}}')

    assert cost(own).ceiling == pytest.approx(20)


def test_an_image_costs_a_busy_node_for_as_long_as_it_takes(tmp_path: Path) -> None:
    seconds = seconds_per_image(verified(tmp_path / "report.json", 36))

    assert cost(plan(), seconds).image == pytest.approx(1.75 / 100)


@pytest.mark.parametrize("seconds", [0, "x", None])
def test_a_report_without_images_has_no_price_per_image(tmp_path: Path, seconds: object) -> None:
    with pytest.raises(PriceError, match=r"make verify|no image was made"):
        seconds_per_image(verified(tmp_path / "report.json", seconds))


@pytest.mark.parametrize("setting", [{"maxHourly": "lots"}, {"maxHourly": []}, {"prices": 3}, 40, "x"])
def test_a_budget_that_is_none_says_what_one_looks_like(setting: object) -> None:
    with pytest.raises(PriceError, match=r"budget: \{maxHourly: 40, currency: USD\}"):
        Budget.of(setting, shipped())


def test_a_currency_without_a_rate_is_answered_with_those_there_are() -> None:
    with pytest.raises(PriceError, match="only for CNY, EUR, USD"):
        cost(plan('{"maxHourly": 40, "currency": "XAU"}'))


@pytest.mark.parametrize(
    ("text", "status", "said"),
    [
        (plan(), 0, "estimates"),
        (plan('{"maxHourly": 40, "currency": "USD"}'), 0, "budget 40 USD/h"),
        (plan('{"maxHourly": 1, "currency": "USD"}'), 1, "over the budget"),
        ("oops", 2, "pulumi preview --json"),
    ],
)
def test_ops_cost_prints_the_bill_and_refuses_what_is_over_the_budget(text: str, status: int, said: str) -> None:
    done = CliRunner().invoke(app, ["cost", "-"], input=text)

    assert done.exit_code == status
    assert said in " ".join(done.output.split())
