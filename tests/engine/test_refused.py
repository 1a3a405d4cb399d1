"""Bad stack files, each refused by the real engine before anything is planned."""

import re
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from queue import Queue
from typing import Any

import pytest

from tests.engine.refusals import CASES, RIGHT, unsaid
from tests.engine.stacks import Previews, changed

PLANNED = re.compile(r"\b(alicloud|kubernetes):[\w./]+:\w+")
# An engine with its program fills one core for a second.
WORKERS = 2

Answers = Mapping[str, Future[tuple[int, str]]]

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def answers(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Answers]:
    """Exit status and words of the engine for each case that is to run."""
    idle: Queue[Previews] = Queue()
    for _ in range(WORKERS):
        idle.put(Previews(tmp_path_factory.mktemp("refused")))

    def preview(change: Mapping[str, Any]) -> tuple[int, str]:
        previews = idle.get()
        try:
            done = previews(changed(RIGHT, change))
        finally:
            idle.put(previews)
        return done.returncode, " ".join((done.stdout + done.stderr).split())

    calls = [getattr(item, "callspec", None) for item in request.session.items]
    wanted = [case for call in calls if call and (case := call.params.get("case")) in CASES]
    pool = ThreadPoolExecutor(WORKERS)
    yield {case: pool.submit(preview, CASES[case]["change"]) for case in wanted}
    pool.shutdown(cancel_futures=True)


def test_what_the_cases_start_from_is_taken(tmp_path: Path) -> None:
    done = Previews(tmp_path)(RIGHT)

    assert done.returncode == 0, done.stdout + done.stderr
    assert {found[1] for found in PLANNED.finditer(done.stdout)} == {"alicloud", "kubernetes"}


def test_there_are_forty_of_them() -> None:
    assert len(CASES) >= 40


@pytest.mark.parametrize("case", CASES)
def test_a_bad_stack_file_is_refused_with_path_value_what_is_allowed_and_how_to_mend_it(
    answers: Answers, case: str
) -> None:
    status, said = answers[case].result()

    problems = CASES[case]["said"]
    assert status != 0
    assert f"{len(problems)} problem{'s' if len(problems) > 1 else ''} in the configuration of stack test" in said
    assert unsaid(case, said) == [], said
    assert not PLANNED.search(said), "something was planned"
    assert "Traceback" not in said
