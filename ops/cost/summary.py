"""The cost of one stack's plan in one currency."""

from collections.abc import Sequence
from dataclasses import dataclass

from ops.cost.budget import Budget
from ops.cost.hourly import HOURS_PER_MONTH, hourly
from ops.cost.image import per_image
from ops.cost.prices import Prices
from ops.plan.preview import Preview


@dataclass(frozen=True)
class Cost:
    """Per hour: floor idle, ceiling with every pool at its largest. image: per image while busy, None if unknown.
    unpriced: what the catalogue has no price for, so that the figures are too low."""

    currency: str
    floor: float
    ceiling: float
    image: float | None = None
    unpriced: Sequence[str] = ()

    @property
    def monthly_floor(self) -> float:
        return self.floor * HOURS_PER_MONTH

    @property
    def monthly_ceiling(self) -> float:
        return self.ceiling * HOURS_PER_MONTH


def cost_of(preview: Preview, prices: Prices, image_seconds: float | None = None) -> Cost:
    """In the currency of the stack's budget, else in the catalogue's. Raises PriceError."""
    budget = Budget.of(preview.setting("budget"))
    currency = budget.currency if budget else prices.currency
    rate = prices.rate(currency)
    bill = hourly(((one.type, one.name, one.inputs) for one in preview.resources.values()), prices)
    image = per_image(preview, image_seconds, prices) if image_seconds else None
    priced_image = None if image is None else image * rate
    return Cost(currency, bill.floor * rate, bill.ceiling * rate, priced_image, bill.unpriced)
