from ipaddress import IPv4Network

import pytest

from infra.subnets import MAX_ZONES, cut

ZONES = [f"zone-{letter}" for letter in "abcdefgh"]


@pytest.mark.parametrize("cidr", ["10.0.0.0/8", "172.16.0.0/12", "10.32.0.0/16", "192.168.16.0/20"])
def test_all_ranges_lie_in_the_vpc_and_apart(cidr: str) -> None:
    vpc = IPv4Network(cidr)

    ranges = [part for zone in cut(vpc, ZONES[:MAX_ZONES]) for part in (zone.nodes, zone.pods)]

    assert all(part.subnet_of(vpc) for part in ranges)
    assert all(not one.overlaps(other) for place, one in enumerate(ranges) for other in ranges[:place])


@pytest.mark.parametrize("prefix", range(8, 21))
def test_every_range_is_of_a_size_that_a_vswitch_may_have(prefix: int) -> None:
    for zone in cut(IPv4Network(f"10.0.0.0/{prefix}"), ZONES):
        assert 16 <= zone.nodes.prefixlen <= 29
        assert 16 <= zone.pods.prefixlen <= 29


def test_a_zone_added_at_the_end_leaves_the_others_alone() -> None:
    vpc = IPv4Network("10.32.0.0/16")

    assert cut(vpc, ZONES[:3])[:2] == cut(vpc, ZONES[:2])
