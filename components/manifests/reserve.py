"""A small pod that stays when a service has gone to zero, so that the first request finds somebody."""

from collections.abc import Sequence
from dataclasses import dataclass

_PREFIX = "knative.aliyun.com/reserve-instance"
# ACK reads five at most.
_MAX_SPECS = 5


@dataclass(frozen=True)
class Reserve:
    """kind: eci, acs or ecs, where it runs: the first two on virtual nodes; replicas: how many, None: ACK's default;
    eci_specs: of kind eci, in the order of preference; none: ACK's default, which are types without a GPU."""

    kind: str = "eci"
    replicas: int | None = None
    eci_specs: Sequence[str] = ()


def reserve_annotations(reserve: Reserve | None) -> dict[str, str]:
    """Of the revision's template."""
    if reserve is None:
        return {}
    values = {
        "": "enable",
        "-type": reserve.kind,
        "-replicas": None if reserve.replicas is None else str(reserve.replicas),
        "-eci-use-specs": ",".join(reserve.eci_specs[:_MAX_SPECS]) or None,
    }
    return {_PREFIX + key: value for key, value in values.items() if value is not None}
