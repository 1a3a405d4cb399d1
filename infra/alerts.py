"""The alert rules that come with the program: monitoring/alerts.yaml."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

ALERTS = Path(__file__).resolve().parents[1] / "monitoring" / "alerts.yaml"


class Alert(BaseModel):
    """One rule."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True, strict=True)

    expression: str
    """PromQL; the alert is about every series that it yields."""
    minutes: Annotated[int, Field(ge=1)]
    """How long it must yield the series before the alert goes out."""
    severity: Literal["warning", "critical"]
    """A label of the alert, for the notification policy to go by."""
    message: str
    """What people read."""


@cache
def shipped_alerts() -> Mapping[str, Alert]:
    """By name."""
    return TypeAdapter(dict[str, Alert]).validate_python(yaml.safe_load(ALERTS.read_text(encoding="utf-8")))
