"""What one image costs, from the report of a load test."""

import json
from collections.abc import Iterable
from pathlib import Path

from ops.cost.items import NODE_POOL
from ops.cost.prices import PriceError, Prices
from ops.plan.preview import Resource

_SECONDS_PER_HOUR = 3600


def seconds_per_image(report: Path) -> float:
    """The average of `ops verify --report-file`. Raises PriceError."""
    try:
        seconds = float(json.loads(report.read_text())["load"]["average_seconds"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise PriceError(f"{report} is no report of a load test ({error!r}): make one with `make verify`") from error
    if seconds <= 0:
        raise PriceError(f"{report}: no image was made, so none has a price")
    return seconds


def per_image(resources: Iterable[Resource], seconds: float, prices: Prices) -> float | None:
    """In the catalogue's currency, while a pod is busy all the time: one image at a time has a whole node of the
    preferred GPU type. None where that type has no price, or there is no pool with a scaling."""
    preferred = [
        one.inputs.get("instanceTypes", [""])[0]
        for one in resources
        if one.type == NODE_POOL and one.inputs.get("scalingConfig")
    ]
    priced = [prices.instances[one] for one in preferred if one in prices.instances]
    return min(priced) * seconds / _SECONDS_PER_HOUR if priced else None
