"""The most that a stack may cost, as its own settings say."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from ops.cost.prices import PriceError, Prices


@dataclass(frozen=True)
class Budget:
    """All in that currency and per hour. max_hourly: with every pool at its largest, None for no limit; prices: the
    stack's own, by instance type."""

    max_hourly: float | None
    currency: str
    prices: Mapping[str, float] = field(default_factory=dict)

    @classmethod
    def of(cls, setting: Any, prices: Prices) -> Self:
        """setting: the stack's key `budget`; None or {} where there is none. Raises PriceError."""
        found = setting or {}
        try:
            most = found.get("maxHourly")
            own = {name: float(price) for name, price in (found.get("prices") or {}).items()}
            return cls(None if most is None else float(most), str(found.get("currency") or prices.currency), own)
        except (AttributeError, TypeError, ValueError) as error:
            raise PriceError(f"budget: {setting!r}; write budget: {{maxHourly: 40, currency: USD}}") from error

    def applied_to(self, prices: Prices) -> Prices:
        """The catalogue with the stack's own prices. Raises PriceError."""
        rate = prices.rate(self.currency)
        return prices.model_copy(
            update={"instances": {**prices.instances, **{name: one / rate for name, one in self.prices.items()}}}
        )
