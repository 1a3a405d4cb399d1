"""A stack on a fake cluster, fresh for each test."""

import pytest

from tests.unit.lab.plugins.calls import Stack


@pytest.fixture
def stack() -> Stack:
    return Stack()
