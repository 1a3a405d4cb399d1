"""`ops recover`: a table of what was found, and the adoption."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Column, Table

from ops.preflight.openapi import ApiError, Keys, OpenApi
from ops.recover.account import Account
from ops.recover.engine import Engine
from ops.recover.errors import RecoverError
from ops.recover.findings import Finding, Verdict, findings
from ops.recover.state import State, Wanted, planned

_LEFT, _FAILED = 1, 2
_ASK_AGAIN_SECONDS = 5.0
_COLOURS = {Verdict.ADOPT: "green", Verdict.CLEAR: "green", Verdict.WAIT: "yellow"}


def recover_command(
    stack: Annotated[str, typer.Argument(help="As `pulumi stack ls` names it.")],
    yes: Annotated[bool, typer.Option("--yes", help="Adopt; without it only the table is shown.")] = False,
    spares: Annotated[bool, typer.Option("--spares", help="Adopt twins too; the next up deletes them.")] = False,
    config_file: Annotated[Path | None, typer.Option(help="Instead of Pulumi.<stack>.yaml.")] = None,
    program: Annotated[Path | None, typer.Option(help="Its folder, if not this one.")] = None,
    wait_minutes: Annotated[float, typer.Option(min=0, help="For what is still being made.")] = 20,
) -> None:
    """After a killed engine or a lost answer: takes what the account holds of this stack into its state. Deletes
    nothing. Exit 1: something is left that wants a look."""
    console, errors = Console(highlight=False), Console(stderr=True, highlight=False)
    engine = Engine(stack, config_file, program)
    try:
        left = _recover(engine, _Wish(yes, spares, wait_minutes), console)
    except (RecoverError, ApiError) as error:
        errors.print(str(error), style="red", markup=False, soft_wrap=True)
        raise typer.Exit(_FAILED) from error
    if left:
        raise typer.Exit(_LEFT)


@dataclass(frozen=True)
class _Wish:
    """What the person wants done."""

    yes: bool
    spares: bool
    wait_minutes: float

    def unsettled(self, one: Finding) -> bool:
        """Whether a person has to look at it afterwards."""
        if one.verdict is Verdict.SPARE:
            return not self.spares
        return one.verdict in (Verdict.UNDECIDED, Verdict.FOREIGN, Verdict.WAIT)


def _recover(engine: Engine, wish: _Wish, console: Console) -> bool:
    """Whether something is left to be looked at."""
    exported = engine.export()
    state = State.parse(exported)
    if not state.resources and not state.operations:
        console.print("nothing to recover: the stack is empty")
        return False
    account, plan = Account(OpenApi(Keys.of_environment()), state.region), planned(engine.preview())
    found = list(findings(account, state, plan))
    if not found and not state.operations:
        console.print("nothing to recover: the account holds nothing of this stack that its state does not")
        return False
    end = time.monotonic() + wish.wait_minutes * 60
    while wish.yes and any(one.verdict is Verdict.WAIT for one in found) and time.monotonic() < end:
        time.sleep(_ASK_AGAIN_SECONDS)
        account.forget()
        found = list(findings(account, state, plan))
    _show(found, state, console)
    if not wish.yes:
        console.print("nothing was changed; with --yes it is. Nothing is deleted either way")
    else:
        _adopt(engine, exported, _adopted(found, wish), console)
    return any(map(wish.unsettled, found))


def _adopted(found: Sequence[Finding], wish: _Wish) -> Sequence[tuple[Wanted, str]]:
    """What goes into the state, with its id."""
    spares = [one for one in found if one.verdict is Verdict.SPARE] if wish.spares else []
    return [
        *((one.wanted, one.id) for one in found if one.verdict is Verdict.ADOPT),
        *((one.wanted.spare(number), one.id) for number, one in enumerate(spares, 1)),
    ]


def _adopt(engine: Engine, exported: str, adopted: Sequence[tuple[Wanted, str]], console: Console) -> None:
    state = State.parse(exported)
    if not adopted and not state.operations:
        console.print("nothing was changed")
        return
    if engine.export() != exported:
        raise RecoverError("the state has changed meanwhile: make sure that no other pulumi runs, then recover again")
    engine.replace(state.adopting(adopted))
    urns = [*(wanted.urn for wanted, _ in adopted), *state.died_changing]
    if urns:
        engine.refresh(urns)
    console.print(
        f"adopted {len(adopted)}, cleared {len(state.operations)} pending operations; "
        f"next: pulumi up --refresh --stack {engine.stack} (or destroy)",
        soft_wrap=True,
    )


def _show(found: Sequence[Finding], state: State, console: Console) -> None:
    # Folded, not cut: an id is what a person looks for in the console.
    table = Table(*(Column(name, overflow="fold") for name in ("resource", "type", "id", "found", "", "")))
    for one in found:
        kind, colour = one.wanted.type.rsplit(":", 1)[-1], _COLOURS.get(one.verdict, "red")
        table.add_row(one.wanted.name, kind, one.id, one.how, f"[{colour}]{one.verdict}[/]", one.said)
    for urn in state.died_changing:
        name, kind = urn.rsplit("::", 1)[-1], urn.split("::")[-2].rsplit(":", 1)[-1]
        table.add_row(name, kind, "", "an engine died changing it", "[green]read[/]", "into the state")
    console.print(table)
