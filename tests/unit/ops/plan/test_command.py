"""`ops plan` as it is called."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from ops.cli import app
from tests.unit.ops.plan.samples import created, service, switch

OLD, NEW = created(service("sd", {"max": "1"})), created(service("sd", {"max": "2"}))


def folder(path: Path, **plans: str) -> str:
    path.mkdir()
    for name, plan in plans.items():
        (path / f"{name}.json").write_text(plan)
    return str(path)


@pytest.mark.parametrize(
    ("base", "head", "arguments", "status"),
    [
        (OLD, NEW, [], 0),
        (OLD, "oops", [], 1),
        (created(switch("a", "1")), created(), [], 0),
        (created(switch("a", "1")), created(), ["--fail-on-care"], 3),
    ],
)
def test_the_exit_status_is_the_verdict(
    tmp_path: Path, base: str, head: str, arguments: list[str], status: int
) -> None:
    plans = [folder(tmp_path / "head", dev=head), "--base", folder(tmp_path / "base", dev=base)]

    assert CliRunner().invoke(app, ["plan", *plans, *arguments]).exit_code == status


def test_report_and_data_are_written_where_they_are_asked_for(tmp_path: Path) -> None:
    plans = [folder(tmp_path / "head", dev=NEW), "--base", folder(tmp_path / "base", dev=OLD)]
    files = ["--full-file", str(tmp_path / "full.md"), "--json-file", str(tmp_path / "report.json")]

    done = CliRunner().invoke(app, ["plan", *plans, *files])

    assert done.stdout == (tmp_path / "full.md").read_text()
    assert '"needsCare": false' in (tmp_path / "report.json").read_text()


@pytest.mark.parametrize("arguments", [[], ["--live", "--base", "."]])
def test_either_plans_to_compare_with_or_live_plans_are_given(tmp_path: Path, arguments: list[str]) -> None:
    done = CliRunner().invoke(app, ["plan", str(tmp_path), *arguments])

    assert done.exit_code == 2
