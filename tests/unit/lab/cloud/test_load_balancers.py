"""ALBs as the ALB ingress controller asks for them."""

import pytest

from lab.cloud.account import Account
from lab.cloud.alb.models import LoadBalancerRefusedError
from tests.unit.lab.cloud.api import Api, RefusedError


def test_an_alb_gets_an_id_and_a_name_in_its_region(account: Account, api: Api) -> None:
    identity, dns_name = account.load_balancers.create("knative-alb", api.two_zones())

    assert dns_name == f"{identity}.cn-shanghai.alb.aliyuncsslb.com"


def test_asking_again_for_the_same_name_gives_the_same_alb(account: Account, api: Api) -> None:
    zones = api.two_zones()

    assert account.load_balancers.create("a", zones) == account.load_balancers.create("a", zones)
    assert len(account.left()["alb"]) == 1


def test_an_alb_needs_two_zones(account: Account, api: Api) -> None:
    vpc = api.vpc()

    with pytest.raises(LoadBalancerRefusedError, match="these lie in cn-shanghai-l: add a vSwitch"):
        account.load_balancers.create("a", [api.vswitch(vpc), api.vswitch(vpc)])


def test_an_alb_needs_vswitches_that_exist(account: Account, api: Api) -> None:
    with pytest.raises(LoadBalancerRefusedError, match="vsw-nope"):
        account.load_balancers.create("a", [*api.two_zones(), "vsw-nope"])


def test_an_alb_holds_its_vswitches_until_it_is_deleted(account: Account, api: Api) -> None:
    zones = api.two_zones()
    created = account.load_balancers.create("a", zones)

    with pytest.raises(RefusedError, match=created.load_balancer_id):
        api.rpc("vpc", "DeleteVSwitch", VSwitchId=zones[1])
    account.load_balancers.delete(created.load_balancer_id)
    api.rpc("vpc", "DeleteVSwitch", VSwitchId=zones[1])


def test_an_alb_is_found_by_its_id_while_it_is_there(account: Account, api: Api) -> None:
    created = account.load_balancers.create("a", api.two_zones())

    assert account.load_balancers.find(created.load_balancer_id) == created
    with pytest.raises(LoadBalancerRefusedError, match="alb-nope"):
        account.load_balancers.find("alb-nope")


def test_deleting_an_alb_twice_is_fine(account: Account) -> None:
    account.load_balancers.delete("alb-nope")


@pytest.mark.parametrize(
    ("options", "kept"),
    [
        ("[]", True),
        ('[{"resource_type":"SLB","delete_mode":"delete"},{"resource_type":"ALB","delete_mode":"retain"}]', True),
        ('[{"resource_type":"ALB","delete_mode":"delete"}]', False),
    ],
)
def test_an_alb_outlives_its_cluster_unless_the_deletion_takes_it(
    account: Account, api: Api, options: str, kept: bool
) -> None:
    zones = api.two_zones()
    cluster = api.cluster(vswitch_ids=zones)
    account.load_balancers.create("a", zones)
    api.finish(api.cs("DELETE", f"/clusters/{cluster}", delete_options=options))

    assert ("alb" in account.left()) is kept


def test_an_alb_made_by_hand_is_found_by_its_id_and_stays_when_the_controllers_go(account: Account, api: Api) -> None:
    zones = {f"ZoneMappings.{number}.VSwitchId": one for number, one in enumerate(api.two_zones(), 1)}
    identity = api.rpc("alb", "CreateLoadBalancer", LoadBalancerName="ours", **zones)["LoadBalancerId"]
    own = account.load_balancers.create("ours", list(zones.values()))

    account.load_balancers.delete_all()

    shown = api.rpc("alb", "GetLoadBalancerAttribute", LoadBalancerId=identity)
    assert account.load_balancers.find(identity) == (identity, shown["DNSName"])
    assert own.load_balancer_id not in account.left()["alb"]
    api.rpc("alb", "DeleteLoadBalancer", LoadBalancerId=identity)
    assert "alb" not in account.left()


def test_an_alb_by_hand_needs_two_zones_too(api: Api) -> None:
    vswitch = api.vswitch(api.vpc())

    with pytest.raises(RefusedError, match="needs vSwitches in two zones"):
        api.rpc("alb", "CreateLoadBalancer", LoadBalancerName="ours", **{"ZoneMappings.1.VSwitchId": vswitch})
