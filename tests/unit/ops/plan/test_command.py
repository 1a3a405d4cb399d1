"""`ops plan` as it is called."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from ops.cli import app
from tests.unit.ops.plan.samples import created, document, service, switch

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
    plans = ["--head", folder(tmp_path / "head", dev=head), "--base", folder(tmp_path / "base", dev=base)]

    assert CliRunner().invoke(app, ["plan", *plans, *arguments]).exit_code == status


def test_report_and_data_are_written_where_they_are_asked_for(tmp_path: Path) -> None:
    plans = ["--head", folder(tmp_path / "head", dev=NEW), "--base", folder(tmp_path / "base", dev=OLD)]
    files = ["--full-file", str(tmp_path / "full.md"), "--json-file", str(tmp_path / "report.json")]

    done = CliRunner().invoke(app, ["plan", *plans, *files])

    assert done.stdout == (tmp_path / "full.md").read_text()
    assert '"needsCare": false' in (tmp_path / "report.json").read_text()


@pytest.mark.parametrize("arguments", [[], ["--head", "."], ["--base", "."], ["--base", ".", "--live", "."]])
def test_plans_to_compare_with_go_with_plans_to_compare(arguments: list[str]) -> None:
    done = CliRunner().invoke(app, ["plan", *arguments])

    assert done.exit_code == 2
    assert "give --head with --base" in " ".join(done.output.split())


def test_of_a_stack_that_runs_the_live_plan_counts(tmp_path: Path) -> None:
    plans = ["--head", folder(tmp_path / "head", dev=NEW, new=NEW), "--base", folder(tmp_path / "base", dev=OLD)]
    live = ["--live", folder(tmp_path / "live", dev=document([]))]

    done = CliRunner().invoke(app, ["plan", *plans, *live])

    assert "| dev | – | – | – | – |" in done.stdout
    assert "| new | 1 | – | – | – |" in done.stdout


@pytest.mark.parametrize(("head", "printed"), [(OLD, False), (NEW, True)])
def test_nothing_is_printed_of_stacks_that_stay_the_same_if_that_is_asked_for(
    tmp_path: Path, head: str, printed: bool
) -> None:
    plans = ["--head", folder(tmp_path / "head", dev=head), "--base", folder(tmp_path / "base", dev=OLD)]

    done = CliRunner().invoke(app, ["plan", *plans, "--if-changed"])

    assert bool(done.stdout) is printed
