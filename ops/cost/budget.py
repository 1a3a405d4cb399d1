"""The most that a stack may cost, as its own settings say."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from ops.cost.prices import PriceError


@dataclass(frozen=True)
class Budget:
    """max_hourly: with every pool at its largest, in that currency."""

    max_hourly: float
    currency: str

    @classmethod
    def of(cls, setting: Any) -> Self | None:
        """setting: the stack's key `budget`; None or {} where there is none. Raises PriceError."""
        if not setting:
            return None
        if not isinstance(setting, Mapping) or not isinstance(setting.get("maxHourly"), int | float):
            raise PriceError(
                f"budget: {setting!r} has no number maxHourly; write budget: {{maxHourly: 40, currency: USD}}"
            )
        return cls(float(setting["maxHourly"]), str(setting.get("currency") or "USD"))
