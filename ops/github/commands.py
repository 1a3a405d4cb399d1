"""`ops comment`, `ops issue`, `ops changed`: what the workflows call."""

import json
from typing import Annotated

import typer

from ops.github.changed import changed_stacks
from ops.github.repository import GithubError, Repository

_COMMENT = "<!-- ack-stable-diffusion plan report -->"
_FAILED = 2

Text = Annotated[typer.FileText, typer.Argument(help="The Markdown; - for standard input.")]


def comment_command(
    body: Text,
    head: Annotated[str, typer.Option(help="owner:branch of the pull request.")],
    sha: Annotated[str, typer.Option(help="The commit that the report is about.")],
) -> None:
    """Puts a report on the open pull request that is at that commit: one comment, rewritten by the next report."""
    try:
        repository = Repository.of_environment()
        pull = repository.pull_of(head, sha)
        if pull is None:
            typer.echo(f"no open pull request from {head} is at {sha}: a newer report will follow, or it is closed")
            return
        repository.comment(pull, _COMMENT, body.read())
    except GithubError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(_FAILED) from error
    typer.echo(f"commented on pull request {pull}")


def issue_command(
    body: Text,
    name: Annotated[str, typer.Option(help="What the issue is about; there is one per name.")],
    title: Annotated[str, typer.Option(help="Of the issue.")],
) -> None:
    """Opens an issue or rewrites it; with an empty text, closes it."""
    try:
        Repository.of_environment().issue(f"<!-- ack-stable-diffusion {name} -->", title, body.read().strip() or None)
    except GithubError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(_FAILED) from error


def changed_command(
    files: Annotated[typer.FileText, typer.Argument(help="From `git diff --name-only`; - for standard input.")],
    among: Annotated[str, typer.Option(help="The stacks that there are, as a JSON list.")] = "[]",
) -> None:
    """Stacks that a change of these files can touch, as a JSON list."""
    typer.echo(json.dumps(changed_stacks(files.read().split(), json.loads(among))))
