"""What a node of a pool may be: every instance type in every zone, in the order in which it is tried. Pure.

Documented: PRIORITY goes by the order of vSwitches, COST_OPTIMIZED by the price of a vCPU, BALANCE to the emptiest
zone; on demand where spot is short with COST_OPTIMIZED alone. Our reading: whether the next type or the next zone is
tried first.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel

CHEAPEST = "COST_OPTIMIZED"
FIRST = "PRIORITY"


class Purchase(BaseModel):
    """One instance; vswitch_id and zone are "" for a pool without vSwitches."""

    instance_type: str
    vswitch_id: str = ""
    zone: str = ""
    spot: bool = False


def purchases(
    group: Mapping[str, Any], types: Sequence[str], zones: Mapping[str, str], taken: Sequence[str]
) -> list[Purchase]:
    """group: the pool's scaling_group as the API has it; zones: by vSwitch, in the pool's order; taken: vSwitches of
    the nodes that are there."""
    policy = group.get("multi_az_policy") or "BALANCE"
    places = dict(zones) or {"": ""}
    switches = list(places) if policy == FIRST else sorted(places, key=taken.count)
    pairs = [(type_, switch) for switch in switches for type_ in types]
    if policy == CHEAPEST:
        # There are no prices here: the pool's order stands for theirs.
        pairs = [(type_, switch) for type_ in types for switch in switches]
    return [
        Purchase(instance_type=type_, vswitch_id=switch, zone=places[switch], spot=spot)
        for spot in _ways(group, policy)
        for type_, switch in pairs
    ]


def in_words(tried: Sequence[Purchase]) -> str:
    """Each type, zone and way of buying once."""
    types = dict.fromkeys(one.instance_type for one in tried)
    zones = dict.fromkeys(one.zone for one in tried if one.zone)
    ways = dict.fromkeys("at spot prices" if one.spot else "on demand" for one in tried)
    return f"{', '.join(types)}{' in ' if zones else ''}{', '.join(zones)} {' and '.join(ways)}"


def _ways(group: Mapping[str, Any], policy: str) -> list[bool]:
    """At spot prices or not, one after the other."""
    if (group.get("spot_strategy") or "NoSpot") == "NoSpot":
        return [False]
    return [True, False] if policy == CHEAPEST and group.get("compensate_with_on_demand") else [True]
