"""The engine's table of bad stack files, without the engine: whoever changes a message sees it here in a second."""

import pytest
import yaml

from infra.load import examine
from infra.settings.problem import report
from infra.settings.wording import Wording
from tests.engine.refusals import CASES, RIGHT, unsaid
from tests.engine.stacks import changed
from tests.unit.infra.samples import CHECKOUT, NAMESPACE

PROJECT = yaml.safe_load((CHECKOUT / "Pulumi.yaml").read_text(encoding="utf-8"))["config"]
DEFAULTS = {key: entry["default"] for key, entry in PROJECT.items() if "default" in entry}


@pytest.mark.parametrize("case", CASES)
def test_a_bad_stack_file_is_told_as_the_table_says(case: str) -> None:
    config = changed(RIGHT, CASES[case]["change"])
    raw = {key.removeprefix(f"{NAMESPACE}:"): value for key, value in config.items() if key.startswith(NAMESPACE)}

    _, problems, _ = examine({**DEFAULTS, **raw}, config.get("alicloud:region"), Wording(NAMESPACE))

    assert len(problems) == len(CASES[case]["said"])
    assert unsaid(case, report(problems, "test")) == []
