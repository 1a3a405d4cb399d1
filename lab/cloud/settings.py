"""Delays of the emulated account: how much of a real account's slowness a run wants to feel."""

from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict, Field


class Settings(BaseModel):
    """node_boot_seconds: from the order of a node until it starts to join.

    idle_seconds: an autoscaled node without pods is given back after this long (10 minutes on ACK).
    scan_seconds: between two looks of the autoscaler (30 on ACK).
    backoff_seconds: a pool whose node failed to join orders no other for this long.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    node_boot_seconds: float = Field(3.0, ge=0)
    idle_seconds: float = Field(30.0, ge=0)
    scan_seconds: float = Field(1.0, gt=0)
    backoff_seconds: float = Field(30.0, ge=0)


class Knobs:
    """The settings in force; may be changed while the account runs."""

    def __init__(self, settings: Settings | None = None) -> None:
        self.now = settings or Settings()

    def change(self, fields: Mapping[str, object]) -> Settings:
        """Raises pydantic.ValidationError, and then changes nothing."""
        self.now = Settings.model_validate({**self.now.model_dump(), **fields})
        return self.now
