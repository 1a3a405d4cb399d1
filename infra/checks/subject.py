"""What the checks look at."""

from dataclasses import dataclass

from infra.catalogue import Catalogue
from infra.settings.parse import Draft
from infra.settings.problem import Path
from infra.settings.wording import Wording


@dataclass(frozen=True)
class Subject:
    """region: None where it is missing or unknown; the network's checks then have said so."""

    draft: Draft
    region: str | None
    catalogue: Catalogue
    wording: Wording

    def at(self, *place: str | int) -> Path:
        """A path below the project's keys."""
        return self.wording.at(*place)
