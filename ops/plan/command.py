"""`ops plan`: previews as JSON in, a report for reviewers out."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated

import typer

from ops.cost.image import seconds_per_image
from ops.cost.prices import PriceError
from ops.plan.markdown import markdown
from ops.plan.report import Report, StackReport, against_state, offline

REFUSED, UNUSABLE, CARE = 1, 2, 3
# Longer than any report of ours: the file is for people, not for a comment.
_WHOLE = 10_000_000

_FOLDER = "Folder of <stack>.json from `pulumi preview --json`"


def plan_command(
    head: Annotated[
        Path | None, typer.Option(exists=True, file_okay=False, help=f"{_FOLDER}, as if nothing existed.")
    ] = None,
    base: Annotated[
        Path | None, typer.Option(exists=True, file_okay=False, help="The same of the revision to compare with.")
    ] = None,
    live: Annotated[
        Path | None, typer.Option(exists=True, file_okay=False, help=f"{_FOLDER}, against stacks that exist.")
    ] = None,
    verify_report: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="From `ops verify`: for the price per image.")
    ] = None,
    json_file: Annotated[Path | None, typer.Option(help="Where the report goes as JSON.")] = None,
    full_file: Annotated[Path | None, typer.Option(help="Where it goes with every line, however long.")] = None,
    if_changed: Annotated[bool, typer.Option(help="Print nothing where no stack changes.")] = False,
    fail_on_care: Annotated[bool, typer.Option(help="Exit 3 if something of value is replaced or deleted.")] = False,
) -> None:
    """What a change does to each stack, as Markdown that fits a comment; of a stack with both, the live plan counts.

    Exit 1: a stack that changes is refused by policy or budget, or one has no plan; 2: the command cannot be
    carried out.
    """
    if (head is None) is not (base is None) or (head is None and live is None):
        raise typer.BadParameter("give --head with --base, the plans to compare with, or --live, or all three")
    try:
        seconds = seconds_per_image(verify_report) if verify_report else None
    except PriceError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(UNUSABLE) from error
    report = Report(list(_stacks(base, head, live, seconds)))
    if report.changes or not if_changed:
        typer.echo(markdown(report), nl=False)
    if full_file:
        full_file.write_text(markdown(report, _WHOLE), encoding="utf-8")
    if json_file:
        json_file.write_text(json.dumps(report.to_json(), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    if report.refused:
        raise typer.Exit(REFUSED)
    if report.needs_care and fail_on_care:
        raise typer.Exit(CARE)


def _stacks(base: Path | None, head: Path | None, live: Path | None, seconds: float | None) -> Iterator[StackReport]:
    before, after, running = _previews(base), _previews(head), _previews(live)
    for name in sorted(before.keys() | after.keys() | running.keys()):
        if name in running:
            yield against_state(name, running[name], seconds)
        else:
            yield offline(name, before.get(name), after.get(name), seconds)


def _previews(folder: Path | None) -> Mapping[str, str]:
    """By stack."""
    paths = folder.glob("*.json") if folder else []
    return {path.stem: path.read_text(encoding="utf-8", errors="replace") for path in paths}
