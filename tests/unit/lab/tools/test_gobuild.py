"""Against the real go command, on modules small enough to take a moment."""

from pathlib import Path

import pytest

from lab.tools.gobuild import GoProgram, build
from lab.tools.report import ToolError


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folder = tmp_path / "modules" / "hello"
    folder.mkdir(parents=True)
    (folder / "go.mod").write_text("module example.test/hello\n\ngo 1.25\n")
    (folder / "main.go").write_text('package main\n\nfunc main() { println("hello") }\n')
    return folder


def test_a_program_is_built_into_the_cache_and_its_source_stays_untouched(source: Path) -> None:
    before = sorted(source.rglob("*"))

    folder = build(GoProgram("hello", source, output="hello"))

    assert (folder / "bin" / "hello").stat().st_mode & 0o111
    assert [p.name for p in folder.iterdir()] == ["bin"]
    assert sorted(source.rglob("*")) == before


def test_a_failed_build_shows_the_compiler_and_leaves_nothing(source: Path) -> None:
    (source / "main.go").write_text("package main\n\nfunc main() { nonsense }\n")
    program = GoProgram("hello", source, output="hello")

    with pytest.raises(ToolError, match=r"(?s)undefined: nonsense.*Mend:"):
        build(program)

    assert not program.folder.exists()


def test_other_flags_are_another_program(source: Path) -> None:
    assert GoProgram("hello", source).key != GoProgram("hello", source, ldflags="-X main.a=b").key
