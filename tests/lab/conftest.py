"""One demo serves all tests that look at its report: it takes minutes."""

from collections.abc import Iterator

import pytest

from lab.demo import DemoReport, demonstrate
from lab.layout import Layout
from lab.lifecycle import bring_down
from tests.lab import snapshot


@pytest.fixture(scope="session")
def layout() -> Iterator[Layout]:
    """The default lab, clean before and after."""
    layout = Layout.from_env()
    bring_down(layout)
    yield layout
    bring_down(layout)


@pytest.fixture(scope="session")
def machine_before(layout: Layout) -> snapshot.Snapshot:
    return snapshot.take()


@pytest.fixture(scope="session")
def demo(layout: Layout, machine_before: snapshot.Snapshot) -> DemoReport:
    return demonstrate(layout)
