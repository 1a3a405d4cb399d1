"""`ops preflight`: a table of what the account says to a stack's plan."""

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from ops.plan.preview import Preview, PreviewError
from ops.preflight.answer import Verdict
from ops.preflight.checks import preflight
from ops.preflight.openapi import ApiError, Keys, OpenApi
from ops.preflight.wanted import Wanted

_FAILED, _UNUSABLE = 1, 2
_COLOURS = {Verdict.OK: "green", Verdict.WARN: "yellow", Verdict.FAIL: "red"}


def preflight_command(
    preview: Annotated[
        typer.FileText, typer.Argument(help="From `pulumi preview --json`; - for standard input.")
    ] = "-",  # type: ignore[assignment]  # typer opens it
) -> None:
    """Asks the account whose keys are set what a stack needs of it. Changes nothing. Exit 1: something is missing."""
    console, errors = Console(highlight=False), Console(stderr=True, highlight=False)
    try:
        wanted, api = Wanted.by(Preview.parse(preview.read())), OpenApi(Keys.of_environment())
    except (PreviewError, ApiError) as error:
        errors.print(str(error), style="red", markup=False)
        raise typer.Exit(_UNUSABLE) from error
    answers = list(preflight(api, wanted))
    table = Table("question", "", "found", "mend")
    for one in answers:
        table.add_row(one.question, f"[{_COLOURS[one.verdict]}]{one.verdict}[/]", one.found, one.mend)
    console.print(table)
    if any(one.verdict is Verdict.FAIL for one in answers):
        raise typer.Exit(_FAILED)
