"""Any stack file that the checks accept makes a program that the SDK and the engine take."""

from typing import Any

from hypothesis import HealthCheck, given, settings

from infra.stack import build
from tests.unit.conftest import Engine
from tests.unit.infra.generated import REGION, right_stack_files
from tests.unit.infra.samples import loaded
from tests.unit.sdk_types import mistakes

SECRET = frozenset({"services"})


@settings(
    max_examples=12,
    derandomize=True,
    database=None,
    deadline=None,
    # The fixture makes a fresh engine per call; most of what is drawn is mended, not thrown away.
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(raw=right_stack_files(SECRET))
def test_what_the_checks_accept_is_a_program_without_mistakes(engine: Engine, raw: dict[str, Any]) -> None:
    one = loaded(raw, REGION, SECRET)

    recorded = engine(lambda: build(one, "ack-stable-diffusion", "test"), preview=True)

    cloud = [each for each in recorded.registrations if not each.typ.startswith("ack-stable-diffusion:")]
    assert [mistake for each in cloud for mistake in mistakes(each)] == []
