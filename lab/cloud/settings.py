"""Delays and limits of the emulated account: how slow and how narrow a run wants it to be."""

from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, NonNegativeInt, field_validator

from lab.cloud.quotas import REFUSALS
from lab.files import write_whole


class Settings(BaseModel):
    """node_boot_seconds: from the order of a node until it starts to join.

    idle_seconds: an autoscaled node without pods is given back after this long (10 minutes on ACK).
    drain_seconds: the pods of a node that is taken out have this long to leave it, within their grace period and
        disruption budgets; 0: they go down with it.
    scan_seconds: between two looks of the autoscaler (30 on ACK).
    backoff_seconds: a pool whose node failed to join, or was not to be had, orders no other for this long.
    notice_seconds: from the notice that a spot node is taken back until it is gone (5 minutes on ACK).
    pending_seconds: a network, vSwitch or NAT gateway is not available for this long, to the second.
    cluster_seconds: a cluster takes this much longer to run than the lab needs (10 minutes on ACK).
    quotas: kind of object, as `lab cloud list` names it → how many the account may hold; the others have no limit.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    node_boot_seconds: float = Field(3.0, ge=0)
    idle_seconds: float = Field(30.0, ge=0)
    drain_seconds: float = Field(60.0, ge=0)
    scan_seconds: float = Field(1.0, gt=0)
    backoff_seconds: float = Field(30.0, ge=0)
    notice_seconds: float = Field(300.0, ge=0)
    pending_seconds: float = Field(0.0, ge=0)
    cluster_seconds: float = Field(0.0, ge=0)
    quotas: dict[str, NonNegativeInt] = Field(default_factory=dict)

    @field_validator("quotas")
    @classmethod
    def _known(cls, quotas: dict[str, int]) -> dict[str, int]:
        if unknown := quotas.keys() - REFUSALS.keys():
            raise ValueError(f"no quota for {', '.join(sorted(unknown))}; there are {', '.join(sorted(REFUSALS))}")
        return quotas


class Knobs:
    """The settings in force; may be changed while the account runs.

    file: keeps what was changed for the next process of the same account.
    """

    def __init__(self, settings: Settings | None = None, file: Path | None = None) -> None:
        self._file = file
        self.now = settings or Settings()
        if file and file.exists():
            self.now = Settings.model_validate_json(file.read_text())

    def change(self, fields: Mapping[str, object]) -> Settings:
        """Raises pydantic.ValidationError, and then changes nothing."""
        changed = Settings.model_validate({**self.now.model_dump(), **fields})
        if self._file:
            write_whole(self._file, changed.model_dump_json())
        self.now = changed
        return changed
