"""How narrow and how slow the account is made: quotas, long lists, and objects that are not available at once."""

import pytest

from lab.cloud.account import Account
from lab.cloud.quotas import REFUSALS
from tests.unit.lab.cloud.api import Api, RefusedError

ALL = ("vpc", "DescribeVpcs")


@pytest.mark.parametrize(("kind", "code"), [("vpc", "QuotaExceeded.Vpc"), ("vswitch", "QuotaExceeded.VSwitch")])
def test_one_more_than_the_quota_is_refused(api: Api, account: Account, kind: str, code: str) -> None:
    api.two_zones()
    there = account.left()
    api.lab("PUT", "/lab/settings", {"quotas": {kind: len(there[kind])}})

    with pytest.raises(RefusedError) as refused:
        api.two_zones()
    assert refused.value.code == code
    assert account.left()[kind] == there[kind]


def test_the_refusal_has_the_status_of_its_product(api: Api) -> None:
    api.lab("PUT", "/lab/settings", {"quotas": {"security-group": 0}})

    with pytest.raises(RefusedError) as refused:
        api.rpc("ecs", "CreateSecurityGroup")
    assert (refused.value.code, refused.value.status) == ("QuotaExceed.SecurityGroup", 403)


def test_what_is_there_may_change_at_its_quota(api: Api) -> None:
    vpc = api.vpc()
    api.lab("PUT", "/lab/settings", {"quotas": {"vpc": 1}})

    api.rpc("vpc", "ModifyVpcAttribute", VpcId=vpc, VpcName="other")
    api.rpc("vpc", "DeleteVpc", VpcId=vpc)
    api.vpc()


def test_a_quota_has_a_code_for_kinds_that_there_are(api: Api, account: Account) -> None:
    """Against misspelt kinds: those of the main objects come from a running account."""
    cluster = api.cluster()
    api.pool(cluster)
    api.rpc("ecs", "CreateSecurityGroup")
    api.rpc("vpc", "AllocateEipAddress")
    api.rpc("kms", "CreateKey")
    api.send("POST", "cn-shanghai.log.aliyuncs.com", "/", {}, json={"projectName": "logs"})
    api.rpc("dns", "AddDomainRecord", DomainName="example.com", RR="a", Type="A", Value="203.0.113.1")
    api.rpc("vpc", "CreateNatGateway", VpcId=account.left()["vpc"][0])
    api.rpc("ram", "CreateRole", RoleName="r", AssumeRolePolicyDocument="{}")
    api.rpc("ram", "CreatePolicy", PolicyName="p", PolicyDocument="{}")

    assert set(REFUSALS) == set(account.left())


def test_a_list_has_ten_rows_unless_another_size_is_asked_for(api: Api) -> None:
    made = [api.vpc() for _ in range(12)]

    assert [row["VpcId"] for row in api.rpc(*ALL)["Vpcs"]["Vpc"]] == made[:10]
    second = api.rpc(*ALL, PageNumber="2", PageSize="5")
    assert [row["VpcId"] for row in second["Vpcs"]["Vpc"]] == made[5:10]
    assert (second["TotalCount"], second["PageNumber"], second["PageSize"]) == (12, 2, 5)


@pytest.mark.parametrize("size", ["0", "51", "many"])
def test_a_page_of_an_impossible_size_is_refused(api: Api, size: str) -> None:
    with pytest.raises(RefusedError) as refused:
        api.rpc(*ALL, PageSize=size)

    assert refused.value.code == "InvalidParameter.PageSize"


def test_a_token_leads_to_the_next_piece_and_another_is_refused(api: Api) -> None:
    made = [api.rpc("ecs", "CreateSecurityGroup")["SecurityGroupId"] for _ in range(3)]

    first = api.rpc("ecs", "DescribeSecurityGroups", MaxResults="2")
    rest = api.rpc("ecs", "DescribeSecurityGroups", MaxResults="2", NextToken=first["NextToken"])
    rows = [row["SecurityGroupId"] for piece in (first, rest) for row in piece["SecurityGroups"]["SecurityGroup"]]
    assert (rows, rest["NextToken"]) == (made, "")
    with pytest.raises(RefusedError) as refused:
        api.rpc("ecs", "DescribeSecurityGroups", NextToken="mine")
    assert refused.value.code == "InvalidParameter.NextToken"


def test_a_network_is_pending_for_the_settings_time(api: Api) -> None:
    api.lab("PUT", "/lab/settings", {"pending_seconds": 3600})
    vpc = api.vpc()
    vswitch = api.vswitch(vpc)
    gateway = api.rpc("vpc", "CreateNatGateway", VpcId=vpc, VSwitchId=vswitch)["NatGatewayId"]

    def states() -> list[str]:
        (nat,) = api.rpc("vpc", "DescribeNatGateways", NatGatewayId=gateway)["NatGateways"]["NatGateway"]
        named = {"VpcId": vpc}, {"VSwitchId": vswitch}
        return [
            api.rpc("vpc", "DescribeVpcAttribute", **named[0])["Status"],
            api.rpc("vpc", "DescribeVSwitchAttributes", **named[1])["Status"],
            nat["Status"],
        ]

    assert states() == ["Pending", "Pending", "Creating"]
    api.lab("PUT", "/lab/settings", {"pending_seconds": 0})
    assert states() == ["Available"] * 3


def test_a_cluster_takes_the_settings_time(api: Api) -> None:
    vswitches = api.two_zones()
    api.lab("PUT", "/lab/settings", {"cluster_seconds": 3600})
    body = {"name": "sd", "vpcid": "v", "vswitch_ids": vswitches}

    created = api.cs("POST", "/clusters", body)
    assert api.cs("GET", f"/clusters/{created['cluster_id']}")["state"] == "initial"
    assert api.cs("GET", f"/tasks/{created['task_id']}")["state"] == "running"
