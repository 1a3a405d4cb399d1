"""Any stack file that the checks accept is taken by the real engine and the real provider code too."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, Phase, given, settings

from lab.preview import preview
from tests.unit.infra.generated import REGION, right_stack_files
from tests.unit.infra.samples import NAMESPACE

pytestmark = pytest.mark.engine


@settings(
    max_examples=10,
    derandomize=True,
    database=None,
    deadline=None,
    # A preview takes seconds: one that fails is shown as it is, not looked for in a smaller form.
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(raw=right_stack_files())
def test_what_the_checks_accept_the_provider_accepts(tmp_path: Path, raw: dict[str, Any]) -> None:
    config = {"alicloud:region": REGION, **{f"{NAMESPACE}:{key}": value for key, value in raw.items()}}
    file = tmp_path / "Pulumi.generated.yaml"
    file.write_text(yaml.safe_dump({"config": config}), encoding="utf-8")

    done = preview(file)

    assert done.returncode == 0, done.stdout + done.stderr
