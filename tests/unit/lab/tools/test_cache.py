from pathlib import Path

import pytest

from lab.tools import cache


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def test_a_tool_is_made_once_and_found_the_second_time() -> None:
    made = []

    def make(folder: Path) -> None:
        made.append(folder)
        (folder / "tool").write_text("x")

    first = cache.produce("tool", "k", make)
    second = cache.produce("tool", "k", make)

    assert (first, len(made)) == (second, 1)
    assert (first / "tool").read_text() == "x"


def test_a_make_that_fails_leaves_nothing_that_looks_like_a_tool() -> None:
    def make(folder: Path) -> None:
        (folder / "half").write_text("x")
        raise RuntimeError("no disk")

    with pytest.raises(RuntimeError, match="no disk"):
        cache.produce("tool", "k", make)

    assert not cache.entry("tool", "k").exists()
    assert list((cache.root() / "tools").iterdir()) == []


@pytest.mark.parametrize(
    ("change", "same"),
    [
        (lambda folder: None, True),
        (lambda folder: (folder / "main.go").write_text("package other"), False),
        (lambda folder: (folder / "main.go").rename(folder / "other.go"), False),
        (lambda folder: (folder / "sub").mkdir(), True),
    ],
)
def test_the_key_follows_names_and_contents_of_the_sources(tmp_path: Path, change, same: bool) -> None:  # type: ignore[no-untyped-def]
    folder = tmp_path / "source"
    folder.mkdir()
    (folder / "main.go").write_text("package main")
    before = cache.key_of([folder], "-tags x")

    change(folder)

    assert (cache.key_of([folder], "-tags x") == before) is same


def test_the_key_does_not_depend_on_where_a_checkout_lies(tmp_path: Path) -> None:
    keys = []
    for name in ("here", "there"):
        folder = tmp_path / name / "source"
        folder.mkdir(parents=True)
        (folder / "main.go").write_text("package main")
        keys.append(cache.key_of([folder]))

    assert keys[0] == keys[1]


def test_the_key_follows_the_words_too(tmp_path: Path) -> None:
    assert cache.key_of([tmp_path], "-s") != cache.key_of([tmp_path], "-w")
