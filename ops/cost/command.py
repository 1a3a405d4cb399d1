"""`ops cost`: what a plan costs by the hour, by the month and by the image. All figures are estimates."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from ops.cost.budget import Budget
from ops.cost.image import seconds_per_image
from ops.cost.prices import PriceError, shipped
from ops.cost.summary import Cost, cost_of
from ops.plan.preview import Preview, PreviewError

OVER, UNUSABLE = 1, 2


def cost_command(
    preview: Annotated[
        typer.FileText, typer.Argument(help="From `pulumi preview --json`; - for standard input.")
    ] = "-",  # type: ignore[assignment]  # typer opens it
    verify_report: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="From `ops verify`: for the price per image.")
    ] = None,
) -> None:
    """What a stack costs idle and at most. Exit 1: over its budget."""
    console, errors = Console(highlight=False), Console(stderr=True, highlight=False)
    try:
        plan = Preview.parse(preview.read())
        seconds = seconds_per_image(verify_report) if verify_report else None
        budget = Budget.of(plan.setting("budget"), shipped())
        cost = cost_of(plan.resources.values(), budget, shipped(), seconds)
    except (PreviewError, PriceError) as error:
        errors.print(str(error), style="red", markup=False)
        raise typer.Exit(UNUSABLE) from error
    console.print(_table(cost))
    for line in _remarks(cost, budget):
        console.print(line, markup=False)
    if budget.max_hourly is not None and cost.ceiling > budget.max_hourly:
        errors.print("over the budget: lower maxSize of a pool, or raise budget.maxHourly", style="red")
        raise typer.Exit(OVER)


def _table(cost: Cost) -> Table:
    table = Table("", f"idle, {cost.currency}/h", f"at most, {cost.currency}/h")
    for item in cost.items:
        table.add_row(item.name, f"{item.floor:.2f}", f"{item.ceiling:.2f}")
    table.add_section()
    table.add_row("per hour", f"{cost.floor:.2f}", f"{cost.ceiling:.2f}")
    table.add_row("per month", f"{cost.monthly_floor:,.0f}", f"{cost.monthly_ceiling:,.0f}")
    return table


def _remarks(cost: Cost, budget: Budget) -> list[str]:
    prices = shipped()
    lines = [f"prices of {prices.date}: {prices.source}; traffic and logs are not in it"]
    if cost.image is not None:
        lines.append(f"per image {cost.image:.4f} {cost.currency}, while a pod is busy all the time")
    if cost.unpriced:
        lines.append(f"no price for {', '.join(cost.unpriced)}: the figures are too low")
    if budget.max_hourly is not None:
        lines.append(f"budget {budget.max_hourly:g} {budget.currency}/h at most")
    return lines
