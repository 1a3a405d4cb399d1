"""A lab that is killed at a random moment is cleaned by `lab down`; `make kills` tries more of them."""

import pytest

from lab.layout import Layout
from tests.lab.kills import plans, trials

pytestmark = pytest.mark.lab
KILLS = 4


def test_whatever_is_killed_and_whenever_down_leaves_nothing(layout: Layout) -> None:
    for result in trials(layout, plans(KILLS)):
        assert result.clean, result
