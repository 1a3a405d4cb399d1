"""`python -m lab`: set-up, the lab, and pulumi against it."""

import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from lab import account_commands
from lab.layout import Layout
from lab.lifecycle import LabError, bring_down, bring_up, describe, restart
from lab.plan_report import plan_report, preview_revision
from lab.preview import preview, stack_file
from lab.tools.install import install_lab, install_pulumi
from lab.tools.pulumi import FOLDER, clean
from lab.tools.report import CONSOLE, ToolError
from lab.workspace import WorkspaceError, lab_workspace

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=__doc__)
app.add_typer(account_commands.app, name="cloud")
MENDABLE = (ToolError, LabError, WorkspaceError)
FAILED = 1
INTERRUPTED = 130


@app.command()
def tools(lab: Annotated[bool, typer.Option(help="also what the lab needs, not only the previews")] = False) -> None:
    """Find, download or build the tools; say which way each was taken."""
    install_pulumi()
    if lab:
        install_lab()


# Unknown options are pulumi's: they come as one word, as make hands them over.
@app.command("preview", context_settings={"ignore_unknown_options": True})
def preview_stack(stack: str, arguments: Annotated[str, typer.Argument(help="handed to pulumi preview")] = "") -> None:
    """Preview a stack with the real engine and provider code: no account, no network."""
    sys.exit(preview(stack_file(stack), shlex.split(arguments), capture=False).returncode)


@app.command("plan-report", context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def plan_report_of(context: typer.Context, base: str, head: str = "", folder: Path = FOLDER / "plan") -> None:
    """What the change from base to head (else to this checkout) does to every stack; more options go to `ops plan`."""
    sys.exit(plan_report(base, head, folder, context.args))


@app.command("previews")
def previews_of(folder: Path, revision: str = "") -> None:
    """Plans of all stacks of a revision (else of this checkout) as JSON, for `ops plan`."""
    preview_revision(revision, folder)


@app.command()
def up() -> None:
    """Start the lab: the emulated account, and clusters when somebody creates them; go on where that account died."""
    bring_up(Layout.from_env())


@app.command("restart")
def restart_lab() -> None:
    """Replace the account's process, say after a change of its code; cluster and stack stay."""
    restart(Layout.from_env())


@app.command()
def down() -> None:
    """Stop the lab and remove every trace of it, whatever state it is in."""
    bring_down(Layout.from_env())


@app.command()
def status() -> None:
    """What runs, what the account holds, and what a stopped lab has left behind."""
    for line in describe(Layout.from_env()):
        print(line)


@app.command()
def env() -> None:
    """Shell lines that point plain `pulumi` at the lab: eval "$(python -m lab env)"."""
    workspace = lab_workspace(Layout.from_env(), install_pulumi())
    workspace.prepare()
    for name, value in workspace.changes().items():
        print(f"export {name}={shlex.quote(value)}")


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def pulumi(context: typer.Context, verb: str) -> None:
    """Run a pulumi verb on stack local against the lab: python -m lab pulumi up --yes."""
    workspace = lab_workspace(Layout.from_env(), install_pulumi())
    workspace.prepare()
    sys.exit(workspace.run(verb, context.args).returncode)


@app.command()
def demo() -> None:
    """The main job from start to end, timed; exit status by result."""
    # Here, because the demo draws in the whole program's clients and everything else should start at once.
    from lab.demo import run_demo

    sys.exit(0 if run_demo(Layout.from_env()) else FAILED)


@app.command()
def faults(
    kind: Annotated[list[str] | None, typer.Option(help="one kind of trouble, several times; else all")] = None,
) -> None:
    """The whole stack while each call of the account goes wrong once; minutes. Exit status by result."""
    from lab.trouble import KINDS, run_faults

    sys.exit(0 if run_faults(Layout.from_env(), kind or KINDS) else FAILED)


@app.command("clean-cache")
def clean_cache() -> None:
    """Remove everything that was built or downloaded."""
    clean()


@app.command(hidden=True)
def serve() -> None:
    """The lab's own long-running process; started by `up`."""
    from lab.supervisor import serve as run

    run(Layout.from_env())


def main() -> None:
    """Entry of `python -m lab`: problems with a known mend are one message, no traceback."""
    _guarded(app)


def _guarded(run: Callable[[], object]) -> NoReturn:
    try:
        run()
    except MENDABLE as problem:
        CONSOLE.print(f"[red]error:[/red] {problem}", soft_wrap=True, markup=True)
        sys.exit(FAILED)
    except KeyboardInterrupt:
        CONSOLE.print("interrupted; `make lab-down` removes whatever runs")
        sys.exit(INTERRUPTED)
    sys.exit(0)
