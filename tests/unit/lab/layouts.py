"""A lab that touches nothing of the machine."""

from dataclasses import dataclass, field
from pathlib import Path

from lab.layout import Layout


@dataclass(frozen=True)
class LayoutInFolder(Layout):
    """A layout that stays below one folder."""

    folder: Path = field(default=Path())

    @property
    def var(self) -> Path:
        return self.folder / "var"

    @property
    def run(self) -> Path:
        return self.folder / "run"

    @property
    def netns(self) -> Path:
        return self.folder / "netns" / self.name
