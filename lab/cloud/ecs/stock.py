"""What is sold out: nothing, until the lab's commands say so."""

from fnmatch import fnmatchcase

from pydantic import BaseModel, ConfigDict

from lab.cloud.errors import ApiError
from lab.cloud.store import Collection, Store

KIND = "shortage"


class Shortage(BaseModel):
    """What nobody can buy.

    zone, instance_type: shell patterns, such as cn-shanghai-* and ecs.gn7i-*.
    spot: at spot prices only; on demand it is there.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    zone: str = "*"
    instance_type: str = "*"
    spot: bool = False

    def covers(self, zone: str, instance_type: str, spot: bool) -> bool:
        matches = fnmatchcase(zone, self.zone) and fnmatchcase(instance_type, self.instance_type)
        return matches and (spot or not self.spot)


class NoStockError(ApiError):
    """Code and status are those of ECS and ESS; what: that was asked for."""

    def __init__(self, what: str) -> None:
        super().__init__("OperationDenied.NoStock", f"the requested resource is sold out: {what}", 403)


class Stock:
    """Outlives a restart of the lab; a reset of the account fills it up again."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._shortages = Collection(store, KIND, Shortage, "ShortageNotFound")

    @property
    def shortages(self) -> list[Shortage]:
        return self._shortages.all()

    def plan(self, shortages: list[Shortage]) -> None:
        """Replaces what was sold out before: with an empty list everything is there again."""
        with self._store.transaction():
            for old in self.shortages:
                self._shortages.remove(_identity(old))
            for new in shortages:
                self._shortages.put(_identity(new), new)

    def has(self, zone: str, instance_type: str, spot: bool) -> bool:
        return not any(one.covers(zone, instance_type, spot) for one in self.shortages)


def _identity(shortage: Shortage) -> str:
    return f"{shortage.zone} {shortage.instance_type} {'spot' if shortage.spot else 'all'}"
