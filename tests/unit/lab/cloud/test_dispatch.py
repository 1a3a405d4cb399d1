"""How calls find their handler, how they fail, and what is noted about them."""

from pathlib import Path
from typing import Any

import pytest

from lab.cloud.rpc import RpcProduct, RpcRequest
from lab.cloud.wire import HttpRequest
from tests.unit.lab.cloud.api import Api, RefusedError


def test_an_action_that_is_not_emulated_is_refused_at_once_and_noted(api: Api) -> None:
    with pytest.raises(RefusedError) as refused:
        api.rpc("vpc", "CreateIpv6Gateway")
    with pytest.raises(RefusedError):
        api.rpc("vpc", "CreateIpv6Gateway")

    # Never 5xx: the provider would try again for minutes.
    assert (refused.value.status, refused.value.code) == (400, "Lab.UnknownAction")
    assert "CreateIpv6Gateway of vpc" in refused.value.message
    assert api.lab("GET", "/lab/calls")["unknown"] == ["vpc CreateIpv6Gateway"]


def test_a_path_that_is_not_emulated_is_refused_at_once_and_noted(api: Api) -> None:
    with pytest.raises(RefusedError) as refused:
        api.cs("GET", "/clusters/c1/nodes")

    assert (refused.value.status, refused.value.code) == (400, "Lab.UnknownAction")
    assert api.lab("GET", "/lab/calls")["unknown"] == ["cs GET /clusters/c1/nodes"]


def test_a_product_that_is_not_emulated_is_refused_with_those_that_are(api: Api) -> None:
    with pytest.raises(RefusedError, match="it has alb, arms, bss, cs") as refused:
        api.rpc("rds", "CreateDBInstance")

    assert (refused.value.status, refused.value.code) == (400, "Lab.UnknownProduct")


def test_a_missing_parameter_is_named(api: Api) -> None:
    with pytest.raises(RefusedError, match="VpcId") as refused:
        api.rpc("vpc", "DescribeVpcAttribute")

    assert refused.value.code == "MissingParameter"


def test_a_value_that_no_model_accepts_is_named(api: Api) -> None:
    with pytest.raises(RefusedError, match="EipAffinity") as refused:
        api.rpc("vpc", "CreateSnatEntry", SnatTableId="stb-1", SnatIp="203.0.113.1", EipAffinity="many")

    assert (refused.value.status, refused.value.code) == (400, "InvalidParameter")


@pytest.mark.parametrize("body", [b"{", b"[]"])
def test_a_body_that_is_not_what_the_route_takes_is_refused(api: Api, body: bytes) -> None:
    with pytest.raises(RefusedError) as refused:
        api.send("POST", "cs.cn-shanghai.aliyuncs.com", "/clusters", {}, raw=body)

    assert (refused.value.status, refused.value.code) == (400, "InvalidParameter.Body")


def test_a_fault_of_our_own_is_no_server_error_and_says_where_to_look() -> None:
    def faulty(_: RpcRequest) -> dict[str, Any]:
        raise KeyError("oops")

    product = RpcProduct("vpc", {"Break": faulty})
    answer = product.answer(HttpRequest("POST", "vpc.aliyuncs.com", "/", {"Action": "Break"}))

    assert answer.status == 400
    assert answer.body["Code"] == "Lab.Fault"
    assert "oops" in answer.body["Message"]
    # The provider tries again for minutes on this word, wherever in the answer it stands.
    assert "InternalError" not in str(answer.body)


REGIONS = [
    ("vpc.cn-shanghai.aliyuncs.com", {}, "cn-shanghai"),
    ("vpc.aliyuncs.com", {"RegionId": "ap-southeast-1"}, "ap-southeast-1"),
    ("vpc.ap-southeast-1.aliyuncs.com", {"RegionId": "ap-southeast-1"}, "ap-southeast-1"),
]


@pytest.mark.parametrize(("host", "query", "region"), REGIONS)
def test_the_region_comes_from_the_host_or_else_from_the_parameter(
    host: str, query: dict[str, str], region: str
) -> None:
    product = RpcProduct("vpc", {"Where": lambda request: {"Region": request.region}})

    answer = product.answer(HttpRequest("POST", host, "/", {"Action": "Where", **query}))
    assert answer.body["Region"] == region


def test_the_action_may_stand_in_a_header() -> None:
    product = RpcProduct("vpc", {"Where": lambda _: {"Here": True}})

    answer = product.answer(HttpRequest("POST", "vpc.aliyuncs.com", "/", headers={"x-acs-action": "Where"}))
    assert answer.body["Here"] is True


def test_parameters_stand_in_query_and_form() -> None:
    product = RpcProduct("vpc", {"Show": lambda request: {"Ids": request.listed("Id"), "Tags": request.tags()}})
    form = b"Id.2=b&Id.10=c&Tag.1.Key=app&Tag.1.Value=a%26b"
    headers = {"content-type": "application/x-www-form-urlencoded"}

    answer = product.answer(
        HttpRequest("POST", "vpc.aliyuncs.com", "/", {"Action": "Show", "Id.1": "a"}, headers, form)
    )
    assert answer.body["Ids"] == ["a", "b", "c"]
    assert answer.body["Tags"] == {"app": "a&b"}


STATELESS = [
    ("sts", "GetCallerIdentity", "AccountId", "1234567890123456"),
    ("business", "QueryAvailableInstances", "Data", {"InstanceList": [], "TotalCount": 0}),
    ("location", "DescribeEndpoints", "Endpoints", {"Endpoint": []}),
    ("location-readonly", "DescribeEndpoints", "Endpoints", {"Endpoint": []}),
]


@pytest.mark.parametrize(("host", "action", "field", "expected"), STATELESS)
def test_products_without_state_answer(api: Api, host: str, action: str, field: str, expected: object) -> None:
    assert api.rpc(host, action)[field] == expected


def test_every_call_is_logged_by_name_only(api: Api, tmp_path: Path) -> None:
    api.rpc("vpc", "CreateVpc", Description="hunter2")

    (call,) = api.lab("GET", "/lab/calls")["calls"]
    assert (call["product"], call["action"], call["status"]) == ("vpc", "CreateVpc", 200)
    log = (tmp_path / "calls.log").read_text()
    assert " vpc CreateVpc 200 " in log
    assert "hunter2" not in log
