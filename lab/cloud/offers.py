"""What the account offers for sale: instance types, zones, Kubernetes versions."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from lab.cloud.ecs.stock import Stock
from lab.cloud.roa import RoaRequest
from lab.cloud.rpc import RpcRequest

_THERE = {"Status": "Available", "StatusCategory": "WithStock"}
_SOLD_OUT = {"Status": "SoldOut", "StatusCategory": "WithoutStock"}


def available_resource(request: RpcRequest, stock: Stock) -> Mapping[str, Any]:
    """ECS DescribeAvailableResource, for instance types: the same in every zone, but for what is sold out there."""
    zone = request.get("ZoneId")
    zones = [zone] if zone else _zones(request.get("RegionId") or request.region)
    spot = request.get("SpotStrategy") not in ("", "NoSpot")
    found = [{"ZoneId": one, "Status": "Available", "AvailableResources": _types(stock, one, spot)} for one in zones]
    return {"AvailableZones": {"AvailableZone": found}}


def _types(stock: Stock, zone: str, spot: bool) -> Mapping[str, Any]:
    types = [
        {"Value": one, **(_THERE if stock.has(zone, one, spot) else _SOLD_OUT)} for one in _offers()["instanceTypes"]
    ]
    return {"AvailableResource": [{"Type": "InstanceType", "SupportedResources": {"SupportedResource": types}}]}


def account_attributes(request: RpcRequest) -> Mapping[str, Any]:
    """ECS DescribeAccountAttributes: the limits on virtual CPUs, none of which the account enforces."""
    items = [
        {"AttributeName": name, "AttributeValues": {"ValueItem": [{"Value": str(value)}]}}
        for name, value in _offers()["limits"].items()
    ]
    return {"AccountAttributeItems": {"AccountAttributeItem": items}}


def kubernetes_versions(request: RoaRequest) -> list[Mapping[str, Any]]:
    """CS metadata/versions."""
    return [{"version": one, "creatable": True} for one in _offers()["versions"]]


def alb_zones(request: RpcRequest) -> Mapping[str, Any]:
    return {"Zones": [{"ZoneId": one, "LocalName": one} for one in _zones(request.region)]}


def _zones(region: str) -> list[str]:
    found: list[str] = _offers()["zones"].get(region, [])
    return found


@cache
def _offers() -> Mapping[str, Any]:
    offers: Mapping[str, Any] = yaml.safe_load(files("lab.cloud").joinpath("offers.yaml").read_text("utf-8"))
    return offers
