"""docs/live-changes.md says what the lab's tests have seen."""

from tests.lab.live_changes import DOCUMENT, ROWS, with_tables


def test_the_document_is_made_of_the_rows_that_are_tested() -> None:
    document = DOCUMENT.read_text(encoding="utf-8")

    assert document == with_tables(document), "make docs"


def test_every_row_is_in_the_document() -> None:
    document = DOCUMENT.read_text(encoding="utf-8")

    assert [row.setting for row in ROWS if row.effect not in document] == []
