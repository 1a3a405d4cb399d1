"""The cost of one stack's plan in one currency."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ops.cost.budget import Budget
from ops.cost.hourly import HOURS_PER_MONTH, hourly
from ops.cost.image import per_image
from ops.cost.items import Item
from ops.cost.prices import Prices
from ops.plan.preview import Resource


@dataclass(frozen=True)
class Cost:
    """Per hour: floor idle, ceiling with every pool at its largest. items: what they consist of. image: per image while
    busy, None if unknown. unpriced: what there is no price for, so that the figures are too low."""

    currency: str
    items: Sequence[Item]
    image: float | None = None

    @property
    def floor(self) -> float:
        return sum(item.floor for item in self.items)

    @property
    def ceiling(self) -> float:
        return sum(item.ceiling for item in self.items)

    @property
    def unpriced(self) -> Sequence[str]:
        return sorted({one for item in self.items for one in item.unpriced})

    @property
    def monthly_floor(self) -> float:
        return self.floor * HOURS_PER_MONTH

    @property
    def monthly_ceiling(self) -> float:
        return self.ceiling * HOURS_PER_MONTH


def cost_of(resources: Iterable[Resource], budget: Budget, prices: Prices, image_seconds: float | None = None) -> Cost:
    """In the budget's currency, with the budget's own prices. Raises PriceError."""
    found, rate, own = list(resources), prices.rate(budget.currency), budget.applied_to(prices)
    items = [Item(item.name, item.floor * rate, item.ceiling * rate, item.unpriced) for item in hourly(found, own)]
    image = per_image(found, image_seconds, own) if image_seconds else None
    return Cost(budget.currency, items, None if image is None else image * rate)
