"""What the account has for sale."""

from tests.unit.lab.cloud.api import Api


def test_a_zone_sells_what_the_real_one_still_sells(api: Api) -> None:
    answer = api.rpc("ecs", "DescribeAvailableResource", ZoneId="cn-shanghai-l", DestinationResource="InstanceType")

    (zone,) = answer["AvailableZones"]["AvailableZone"]
    (kind,) = zone["AvailableResources"]["AvailableResource"]
    sold = {one["Value"] for one in kind["SupportedResources"]["SupportedResource"]}
    assert zone["ZoneId"] == "cn-shanghai-l"
    assert "ecs.gn7i-c8g1.2xlarge" in sold
    assert not any(one.startswith("ecs.gn5") for one in sold)


def test_zones_of_albs_and_versions_of_kubernetes_are_listed(api: Api) -> None:
    zones = [one["ZoneId"] for one in api.rpc("alb", "DescribeZones")["Zones"]]
    versions = [one["version"] for one in api.cs("GET", "/api/v1/metadata/versions")]

    assert "cn-shanghai-l" in zones
    assert "1.35.7-aliyun.1" in versions
