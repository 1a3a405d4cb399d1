import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from lab.tools import pulumi
from lab.tools.pulumi import CHECKOUT


def test_a_launcher_says_it_runs_this_checkouts_module_and_can_be_run(tmp_path: Path) -> None:
    target = tmp_path / "plugins" / "pulumi-resource-x"

    pulumi._launcher(target, "x plugin", "platform")

    assert subprocess.run([target], check=True, capture_output=True, text=True).stdout.strip()
    assert [file.name for file in target.parent.iterdir()] == [target.name]


def test_a_launcher_that_is_up_to_date_is_not_written_again(tmp_path: Path) -> None:
    target = tmp_path / "launcher"
    pulumi._launcher(target, "x plugin", "platform")
    before = target.stat()

    pulumi._launcher(target, "x plugin", "platform")

    assert target.stat() == before


def test_a_launcher_is_replaced_while_another_process_has_it_open(tmp_path: Path) -> None:
    """An open file for writing is what makes Linux refuse to run it: text file busy."""
    target = tmp_path / "launcher"
    pulumi._launcher(target, "x plugin", "platform")
    with target.open("a") as being_written:
        being_written.write("# more\n")
        being_written.flush()

        pulumi._launcher(target, "x plugin", "platform")

        assert subprocess.run([target], check=True, capture_output=True).returncode == 0


def test_threads_that_place_a_file_at_once_do_not_take_each_others_drafts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tmp_path / "source"
    source.write_text("program")
    target = tmp_path / "bin" / "program"
    both = Barrier(2, timeout=60)
    real = Path.rename

    def together(draft: Path, to: Path) -> Path:
        both.wait()
        return real(draft, to)

    monkeypatch.setattr(Path, "rename", together)
    with ThreadPoolExecutor(2) as workers:
        list(workers.map(lambda _: pulumi._place(source, target), range(2)))

    assert [file.name for file in target.parent.iterdir()] == [target.name]


def test_many_at_once_place_one_file(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.write_text("program")
    target = tmp_path / "bin" / "program"

    place = (
        "import sys; from pathlib import Path; from lab.tools import pulumi; pulumi._place(*map(Path, sys.argv[1:]))"
    )
    several = [subprocess.Popen([sys.executable, "-c", place, source, target], cwd=CHECKOUT) for _ in range(4)]

    assert [each.wait() for each in several] == [0] * 4
    assert target.samefile(source)
    assert [file.name for file in target.parent.iterdir()] == [target.name]
