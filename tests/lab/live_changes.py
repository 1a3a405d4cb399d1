"""The rows of live_changes.yaml, and docs/live-changes.md made of them: `python -m tests.lab.live_changes`."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, model_validator

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "live-changes.md"
_BEGIN, _END = "<!-- made by `make docs` from tests/lab/live_changes.yaml -->\n", "<!-- end -->\n"


class Row(BaseModel):
    """One change. Either plan (verb → resources, all there are) or refused (a pattern of what the engine says)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    setting: str
    change: Mapping[str, Any]
    plan: Mapping[Literal["create", "update", "replace", "delete"], Sequence[str]] = {}
    refused: str = ""
    applied: bool = False
    effect: str
    time: str

    @model_validator(mode="after")
    def _one_of_two(self) -> "Row":
        if bool(self.plan) == bool(self.refused):
            raise ValueError(f"{self.setting}: one of plan and refused")
        return self


ROWS = tuple(map(Row.model_validate, yaml.safe_load((Path(__file__).parent / "live_changes.yaml").read_text())))


def with_tables(document: str) -> str:
    """The document with the part between its two marks made anew."""
    before, _, rest = document.partition(_BEGIN)
    _, _, after = rest.partition(_END)
    tables = "\n".join(_table(heading, list(rows)) for heading, rows in groupby(ROWS, _heading))
    return f"{before}{_BEGIN}\n{tables}\n{_END}{after}"


def _heading(row: Row) -> str:
    if row.refused:
        return "With deletionProtection"
    first = row.setting.split(",")[0].split(".")[0]
    return first if "." in row.setting else "Top level"


def _table(heading: str, rows: Sequence[Row]) -> str:
    lines = [f"### {heading}\n", "| setting | plan | what happens | time |", "| --- | --- | --- | --- |"]
    lines += [f"| {_settings(row.setting)} | {_plan(row)} | {row.effect} | {row.time} |" for row in rows]
    return "\n".join(lines) + "\n"


def _settings(text: str) -> str:
    keys, comma, remark = text.partition(", ")
    return f"`{keys}`{comma}{remark}".replace("|", "\\|")


def _plan(row: Row) -> str:
    """Numbers where there are many: a replaced cluster takes everything on it along."""
    if row.refused:
        return "**refused**"
    return "; ".join(
        f"{_verb(verb)} {', '.join(f'`{name}`' for name in names) if len(names) < 4 else f'{len(names)} resources'}"
        for verb, names in row.plan.items()
    )


def _verb(verb: str) -> str:
    return f"**{verb}**" if verb in ("replace", "delete") else verb


if __name__ == "__main__":
    DOCUMENT.write_text(with_tables(DOCUMENT.read_text(encoding="utf-8")), encoding="utf-8")
