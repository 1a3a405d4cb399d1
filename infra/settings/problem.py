"""A mistake in a stack file, told so that it can be mended without reading code."""

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

Path = tuple[str | int, ...]
"""Keys from the top of the stack file's `config`; the first one with its namespace."""


@dataclass(frozen=True)
class Problem:
    """path: where; found: the value or what is wrong with it; allowed: what may stand there; mend: what to do."""

    path: Path
    found: str
    allowed: str
    mend: str

    def __str__(self) -> str:
        return f"{dotted(self.path)}\n    found    {self.found}\n    allowed  {self.allowed}\n    mend     {self.mend}"


def report(problems: Sequence[Problem], stack: str) -> str:
    """All problems of one stack file as one message."""
    count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
    details = "\n\n".join(f"  {problem}".replace("\n", "\n  ") for problem in problems)
    return f"{count} in the configuration of stack {stack} (Pulumi.{stack}.yaml); nothing was changed.\n\n{details}\n"


def dotted(path: Path) -> str:
    """As `pulumi config --path` takes it: services.ui.args[2]; keys with dots in quotes."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        elif "." in part:
            text += f'["{part}"]'
        else:
            text += f".{part}" if text else part
    return text


def choice(values: Iterable[str]) -> str:
    """The allowed values as text."""
    return "one of " + ", ".join(values)


def did_you_mean(word: str, known: Iterable[str], otherwise: str) -> str:
    """The closest known word as a question, or what to do if none is close."""
    close = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f"did you mean {close[0]}?" if close else otherwise
