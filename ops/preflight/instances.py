"""Whether the instance types of a stack's pools are on sale in its zones, and in stock at this moment."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ops.preflight.answer import Answer, Verdict
from ops.preflight.openapi import OpenApi
from ops.preflight.wanted import Wanted

_ECS = "2014-05-26"
_THERE, _SOLD_OUT = "Available", "SoldOut"

Statuses = Mapping[str, Mapping[str, str]]
"""Zone → instance type → what the account says of it."""


def instance_types(api: OpenApi, wanted: Wanted) -> Iterator[Answer]:
    """One answer per pool: fail where nothing of it is on sale, warn where something is not, or is sold out."""
    ways = {pool in wanted.spot for pool in wanted.pools}
    listed = {spot: {zone: _statuses(api, wanted.region, zone, spot) for zone in wanted.zones} for spot in ways}
    for pool, types in wanted.pools.items():
        yield _answer(f"instance types of pool {pool}", types, listed[pool in wanted.spot])


def _answer(question: str, types: Sequence[str], statuses: Statuses) -> Answer:
    there, sold_out = _with(_THERE, types, statuses), _with(_SOLD_OUT, types, statuses)
    unknown = [one for one in types if one not in there and one not in sold_out]
    if len(unknown) == len(types):
        mend = f"choose types that {', '.join(statuses)} have, or other zones"
        return Answer(question, Verdict.FAIL, f"none of {', '.join(types)} is on sale in these zones", mend)
    told, mends = [_told(there)] if there else [], []
    if sold_out:
        told.append(f"sold out now: {_told(sold_out)}")
        mends.append("add types or zones" if there else "no node comes before there are some again: add types or zones")
    if unknown:
        mends.append(f"not on sale here: {', '.join(unknown)}; take them out")
    return Answer(question, Verdict.WARN if mends else Verdict.OK, "; ".join(told), "; ".join(mends))


def _with(status: str, types: Sequence[str], statuses: Statuses) -> Mapping[str, Sequence[str]]:
    """Zones by type, of those types that have that status anywhere."""
    zones = {one: [zone for zone, listed in statuses.items() if listed.get(one) == status] for one in types}
    return {one: found for one, found in zones.items() if found}


def _told(zones: Mapping[str, Sequence[str]]) -> str:
    return "; ".join(f"{one} in {', '.join(found)}" for one, found in zones.items())


def _statuses(api: OpenApi, region: str, zone: str, spot: bool) -> Mapping[str, str]:
    answer = api.rpc(
        f"ecs.{region}.aliyuncs.com",
        _ECS,
        "DescribeAvailableResource",
        RegionId=region,
        ZoneId=zone,
        DestinationResource="InstanceType",
        InstanceChargeType="PostPaid",
        SpotStrategy="SpotAsPriceGo" if spot else "NoSpot",
    )
    return {
        resource["Value"]: resource.get("Status", "")
        for found in _inside(answer, "AvailableZones", "AvailableZone")
        for kind in _inside(found, "AvailableResources", "AvailableResource")
        for resource in _inside(kind, "SupportedResources", "SupportedResource")
    }


def _inside(value: Mapping[str, Any], outer: str, inner: str) -> Sequence[Any]:
    found: Sequence[Any] = (value.get(outer) or {}).get(inner) or []
    return found
