"""`ops plan`: previews as JSON in, a report for reviewers out."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated

import typer

from ops.cost.image import seconds_per_image
from ops.cost.prices import PriceError
from ops.plan.markdown import markdown
from ops.plan.report import Report, StackReport, live, offline

REFUSED, UNUSABLE, CARE = 1, 2, 3
# Longer than any report of ours: the file is for people, not for a comment.
_WHOLE = 10_000_000

FolderOption = Annotated[Path | None, typer.Option(exists=True, file_okay=False)]


def plan_command(
    head: Annotated[
        Path, typer.Argument(exists=True, file_okay=False, help="Folder of <stack>.json from `pulumi preview --json`.")
    ],
    base: Annotated[
        Path | None, typer.Option(exists=True, file_okay=False, help="The same of the revision to compare with.")
    ] = None,
    live: Annotated[bool, typer.Option("--live", help="The previews were made against stacks that exist.")] = False,
    verify_report: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="From `ops verify`: for the price per image.")
    ] = None,
    json_file: Annotated[Path | None, typer.Option(help="Where the report goes as JSON.")] = None,
    full_file: Annotated[Path | None, typer.Option(help="Where it goes with every line, however long.")] = None,
    fail_on_care: Annotated[bool, typer.Option(help="Exit 3 if something of value is replaced or deleted.")] = False,
) -> None:
    """What a change does to each stack, as Markdown that fits a comment. Exit 1: one is refused by policy or budget,
    or has no plan; 2: the command cannot be carried out."""
    if live == (base is not None):
        raise typer.BadParameter("give either --base, the plans to compare with, or --live")
    try:
        seconds = seconds_per_image(verify_report) if verify_report else None
    except PriceError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(UNUSABLE) from error
    report = Report(list(_live(head, seconds) if base is None else _offline(base, head, seconds)), live)
    typer.echo(markdown(report), nl=False)
    if full_file:
        full_file.write_text(markdown(report, _WHOLE), encoding="utf-8")
    if json_file:
        json_file.write_text(json.dumps(report.to_json(), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    if report.refused:
        raise typer.Exit(REFUSED)
    if report.needs_care and fail_on_care:
        raise typer.Exit(CARE)


def _offline(base: Path, head: Path, seconds: float | None) -> Iterator[StackReport]:
    before, after = _previews(base), _previews(head)
    for name in sorted(before.keys() | after.keys()):
        yield offline(name, before.get(name), after.get(name), seconds)


def _live(head: Path, seconds: float | None) -> Iterator[StackReport]:
    for name, preview in _previews(head).items():
        yield live(name, preview, seconds)


def _previews(folder: Path) -> Mapping[str, str]:
    """By stack, sorted."""
    return {path.stem: path.read_text(encoding="utf-8", errors="replace") for path in sorted(folder.glob("*.json"))}
