"""Settings of the budget."""

from typing import Annotated, Literal

from pydantic import Field

from infra.settings.section import Section
from infra.settings.texts import InstanceType


class Budget(Section):
    """What the stack may cost. The program itself makes nothing of it: the policy pack and `make plan-report` refuse a
    plan over it. The prices that are shipped are estimates, not quotes."""

    max_hourly: Annotated[float, Field(gt=0)] | None = None
    """The most it may cost by the hour with every pool at its largest, in `currency`; left out: no limit."""
    currency: Literal["USD", "CNY", "EUR"] = "USD"
    """Of `maxHourly` and `prices`; the shipped prices are in USD, converted at a fixed rate."""
    prices: dict[InstanceType, Annotated[float, Field(gt=0)]] = {}
    """Your own prices by instance type, per hour in `currency`, in place of the estimates."""
