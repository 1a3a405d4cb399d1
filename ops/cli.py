"""Commands for people and CI. They read stack outputs and files only."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from ops.cost.command import cost_command
from ops.destroy import DestroyError, destroy
from ops.github.commands import changed_command, comment_command, issue_command
from ops.hey import HeyError
from ops.image import ImageError
from ops.outputs import OutputsError, StackOutputs
from ops.plan.command import plan_command
from ops.preflight.command import preflight_command
from ops.recover.command import recover_command
from ops.verdict import Limits
from ops.verify import Plan, Report, Target, verify

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
app.command("plan")(plan_command)
app.command("cost")(cost_command)
app.command("preflight")(preflight_command)
app.command("recover")(recover_command)
app.command("comment")(comment_command)
app.command("issue")(issue_command)
app.command("changed")(changed_command)


@app.callback()
def commands() -> None:
    """What a stack would be and cost, and what it does once it is up."""


@app.command("verify")
def verify_command(
    outputs: Annotated[
        typer.FileText, typer.Argument(help="From `pulumi stack output --json --show-secrets`; - for standard input.")
    ] = "-",  # type: ignore[assignment]  # typer opens it
    service: Annotated[str | None, typer.Option(help="Which service, where the stack has several.")] = None,
    address: Annotated[str | None, typer.Option(help="HOST:PORT or https://HOST instead of the stack's own.")] = None,
    requests: Annotated[int, typer.Option(min=1, help="Images in all.")] = 50,
    concurrency: Annotated[int, typer.Option(min=1, help="Images at a time.")] = 5,
    min_peak: Annotated[int, typer.Option(help="Pods that must be ready at one time.")] = 5,
    max_seconds: Annotated[float | None, typer.Option(help="For all images together.")] = None,
    request_timeout: Annotated[int, typer.Option(min=1, help="Seconds per image.")] = 180,
    zero_within: Annotated[float, typer.Option(help="Seconds until the last pod is gone.")] = 300,
    image_file: Annotated[Path, typer.Option(help="Where the first image goes.")] = Path("image.png"),
    report_file: Annotated[Path | None, typer.Option(help="Where the report goes, as JSON.")] = None,
) -> None:
    """The guide's load test: an image, 50 more of them 5 at a time, pods counted from zero to zero."""
    console, errors = Console(highlight=False), Console(stderr=True, highlight=False)
    limits = Limits(requests, min_peak, max_seconds)
    plan = Plan(image_file, limits, concurrency, request_timeout=request_timeout, zero_within=zero_within)
    try:
        target = _target(StackOutputs.parse(outputs.read()), service, address)
        report = verify(target, plan, console.print)
    except (OutputsError, ImageError, HeyError) as error:
        errors.print(str(error), style="red", markup=False)
        raise typer.Exit(2) from error
    if report_file:
        report.write(report_file)
    console.print(_table(report))
    if not report.ok:
        raise typer.Exit(1)


@app.command("destroy", context_settings={"ignore_unknown_options": True})
def destroy_command(
    stack: Annotated[str, typer.Argument(help="As `pulumi stack ls` names it.")],
    arguments: Annotated[list[str] | None, typer.Argument(help="For `pulumi destroy`, such as --yes.")] = None,
) -> None:
    """Removes a stack from the account, or says how to lift its protection."""
    try:
        status = destroy(stack, arguments or [])
    except DestroyError as error:
        Console(stderr=True, highlight=False).print(str(error), style="red", markup=False, soft_wrap=True)
        raise typer.Exit(1) from error
    raise typer.Exit(status)


def _target(outputs: StackOutputs, service: str | None, address: str | None) -> Target:
    name, chosen = outputs.service(service)
    # A certificate is for the service's own name, not for the gateway's: over HTTPS the name must lead to it (DNS).
    over_https = chosen.url if chosen.url.startswith("https://") else None
    where = address or over_https or f"{outputs.gateway_address}:80"
    return Target(where, chosen.host, outputs.kubeconfig, outputs.namespace, name)


def _table(report: Report) -> Table:
    table = Table("", "wanted", "got", "")
    for check in report.checks:
        table.add_row(check.name, check.wanted, check.got, "[green]ok[/]" if check.ok else "[red]failed[/]")
    load = report.load
    seconds = (load.fastest_seconds, load.average_seconds, load.slowest_seconds)
    table.add_row("seconds per image", "", "fastest {:.1f}, average {:.1f}, slowest {:.1f}".format(*seconds), "")
    return table
