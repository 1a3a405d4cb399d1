"""The price catalogue."""

from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib.resources import files
from typing import NoReturn

import yaml
from pydantic import BaseModel, ConfigDict


class PriceError(RuntimeError):
    """Which price or rate there is none of, and where to add it."""


class Prices(BaseModel):
    """All per hour and in `currency`: instances by type, clusters by spec, disks per GiB by category, fixed by resource
    type. rates: what one unit of the currency is worth in others."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    source: str
    date: date
    currency: str
    rates: Mapping[str, float]
    instances: Mapping[str, float]
    clusters: Mapping[str, float]
    disks: Mapping[str, float]
    fixed: Mapping[str, float]

    def rate(self, currency: str) -> float:
        """Raises PriceError."""
        return self.rates[currency] if currency in self.rates else self._no_rate(currency)

    def _no_rate(self, currency: str) -> NoReturn:
        known = ", ".join(sorted(self.rates))
        raise PriceError(f"no rate for {currency!r}, only for {known}: take one of these, or add it to prices.yaml")


@cache
def shipped() -> Prices:
    return Prices.model_validate(yaml.safe_load(files("ops").joinpath("data", "prices.yaml").read_text("utf-8")))
