"""Bad stack files, each refused by the real engine before anything is planned."""

import re

import pytest

from tests.engine.refusals import CASES, RIGHT, unsaid
from tests.engine.stacks import Previews, changed

PLANNED = re.compile(r"\b(alicloud|kubernetes):[\w./]+:\w+")

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def previews(tmp_path_factory: pytest.TempPathFactory) -> Previews:
    return Previews(tmp_path_factory.mktemp("refused"))


def test_what_the_cases_start_from_is_taken(previews: Previews) -> None:
    done = previews(RIGHT)

    assert done.returncode == 0, done.stdout + done.stderr
    assert {found[1] for found in PLANNED.finditer(done.stdout)} == {"alicloud", "kubernetes"}


def test_there_are_forty_of_them() -> None:
    assert len(CASES) >= 40


@pytest.mark.parametrize("case", CASES)
def test_a_bad_stack_file_is_refused_with_path_value_what_is_allowed_and_how_to_mend_it(
    previews: Previews, case: str
) -> None:
    done = previews(changed(RIGHT, CASES[case]["change"]))

    said = " ".join((done.stdout + done.stderr).split())
    problems = CASES[case]["said"]
    assert done.returncode != 0
    assert f"{len(problems)} problem{'s' if len(problems) > 1 else ''} in the configuration of stack test" in said
    assert unsaid(case, said) == [], said
    assert not PLANNED.search(said), "something was planned"
    assert "Traceback" not in said
