"""What the emulated account, which checks every signature, says to a stack's plan."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from ops.cli import app
from ops.cost.items import NODE_POOL
from ops.plan.preview import Preview
from ops.preflight import openapi
from ops.preflight.answer import Answer, Verdict
from ops.preflight.checks import preflight
from ops.preflight.openapi import ApiError, Keys, OpenApi
from ops.preflight.wanted import Wanted
from tests.unit.ops.plan.samples import ALB, CLUSTER, SWITCH, created, pool, state

ROLE = "AliyunServiceRoleForAlb"
ADDON = "alicloud:cs/kubernetesAddon:KubernetesAddon"


A10, T4 = "ecs.gn7i-c8g1.2xlarge", "ecs.gn6i-c8g1.2xlarge"


def wanted(**changes: Any) -> Wanted:
    right = {
        "region": "cn-shanghai",
        "zones": ["cn-shanghai-l", "cn-shanghai-m"],
        "pools": {"a10": [A10]},
        "spot": [],
        "version": "1.35.7-aliyun.1",
        "addons": ["knative"],
        "alb": True,
        "vcpus": {"postpaid": (12, 92), "spot": (0, 80)},
    }
    return Wanted(**{**right, **changes})


def answers(api: OpenApi, **changes: Any) -> dict[str, Answer]:
    return {one.question: one for one in preflight(api, wanted(**changes))}


def test_an_account_that_has_everything_says_ok_to_everything(api: OpenApi) -> None:
    api.rpc("ram.aliyuncs.com", "2015-05-01", "CreateRole", RoleName=ROLE, AssumeRolePolicyDocument="{}")

    assert {one.verdict for one in answers(api).values()} == {Verdict.OK}


@pytest.mark.parametrize(
    ("changes", "question", "verdict", "found", "mend"),
    [
        (
            {"pools": {"gn5": ["ecs.gn5-c4g1.xlarge"]}},
            "instance types of pool gn5", Verdict.FAIL, "none of ecs.gn5-c4g1.xlarge", "or other zones",
        ),
        (
            {"pools": {"p": ["ecs.gn5-c4g1.xlarge", "ecs.gn7i-c8g1.2xlarge"]}},
            "instance types of pool p", Verdict.WARN, "ecs.gn7i-c8g1.2xlarge in", "ecs.gn5-c4g1.xlarge; take them out",
        ),
        ({"version": "1.30.1"}, "Kubernetes version", Verdict.FAIL, "not offered, but 1.36", "cluster.version"),
        ({"zones": ["cn-shanghai-l", "cn-shanghai-a"]}, "zones of ALB", Verdict.FAIL, "cn-shanghai-l", "at least 2"),
        (
            {"zones": ["cn-shanghai-l", "cn-shanghai-m", "cn-shanghai-a"]},
            "zones of ALB", Verdict.WARN, "cn-shanghai-l, cn-shanghai-m", "network.zones",
        ),
        (
            {"vcpus": {"postpaid": (12, 1200), "spot": (0, 80)}},
            "vCPUs on demand", Verdict.WARN, "1000 of 1000 are left; the stack takes 12 to 1200", "Quota Center",
        ),
        (
            {"vcpus": {"postpaid": (12, 92), "spot": (2000, 2000)}},
            "vCPUs at spot prices", Verdict.FAIL, "takes 2000 to 2000", "lower maxSize",
        ),
        ({}, f"role {ROLE}", Verdict.FAIL, "there is none", "open the ALB console once"),
    ],
)  # fmt: skip
def test_what_is_missing_is_told_with_what_to_do(
    api: OpenApi, changes: dict[str, Any], question: str, verdict: Verdict, found: str, mend: str
) -> None:
    answer = answers(api, **changes)[question]

    assert answer.verdict is verdict
    assert found in answer.found
    assert mend in answer.mend


@pytest.mark.parametrize(
    ("shortages", "spot", "verdict", "found", "mend"),
    [
        ([{"zone": "cn-shanghai-l", "instance_type": A10}], [], Verdict.WARN, f"now: {A10} in cn-shanghai-l", "add"),
        ([{"instance_type": A10}], [], Verdict.WARN, f"{T4} in cn-shanghai-l, cn-shanghai-m; sold out", "add"),
        ([{}], [], Verdict.WARN, f"sold out now: {A10} in", "no node comes before there are some again"),
        ([{"spot": True}], [], Verdict.OK, A10, ""),
        ([{"spot": True}], ["a10"], Verdict.WARN, "sold out now", "no node comes"),
    ],
)  # fmt: skip
def test_what_is_sold_out_is_a_warning_as_it_may_come_back(
    api: OpenApi,
    client: httpx.Client,
    shortages: list[dict[str, Any]],
    spot: list[str],
    verdict: Verdict,
    found: str,
    mend: str,
) -> None:
    client.put("https://lab.aliyuncs.com/lab/stock", json=shortages)

    answer = answers(api, pools={"a10": [A10, T4]}, spot=spot)["instance types of pool a10"]

    assert answer.verdict is verdict
    assert found in answer.found
    assert mend in answer.mend


def test_a_stack_without_an_alb_is_not_asked_about_one(api: OpenApi) -> None:
    assert {"zones of ALB", f"role {ROLE}"}.isdisjoint(answers(api, alb=False))


def test_keys_that_the_account_does_not_know_end_the_questions(client: httpx.Client) -> None:
    (only,) = answers(OpenApi(Keys("key", "wrong"), client)).values()

    assert (only.question, only.verdict) == ("credentials", Verdict.FAIL)
    assert "SignatureDoesNotMatch" in only.found


def test_what_the_account_refuses_to_tell_is_a_warning_and_the_rest_is_asked(api: OpenApi) -> None:
    def refusing(request: httpx.Request) -> httpx.Response:
        if "DescribeAvailableResource" in request.headers["x-acs-action"]:
            return httpx.Response(403, json={"Code": "Forbidden.RAM", "Message": "not authorised"})
        return httpx.Response(200, json=[] if "metadata" in request.url.path else {})

    told = answers(OpenApi(Keys("key", "secret"), httpx.Client(transport=httpx.MockTransport(refusing))))

    assert told["instance types"].verdict is Verdict.WARN
    assert "Forbidden.RAM" in told["instance types"].found
    assert "Kubernetes version" in told


def test_what_a_stack_wants_is_read_from_its_plan() -> None:
    plan = created(
        *(state(SWITCH, f"nodes-{zone}", {"zoneId": f"cn-shanghai-{zone}"}) for zone in "mlm"),
        pool("a10", ["ecs.gn7i-c8g1.2xlarge"]),
        state(CLUSTER, "c", {"version": "1.35.7-aliyun.1"}),
        state(ADDON, "k", {"name": "knative"}),
        state(ALB, "alb"),
        config={"alicloud:region": "cn-shanghai"},
    )

    assert Wanted.by(Preview.parse(plan)) == wanted(vcpus={"postpaid": (0, 16), "spot": (0, 0)})


@pytest.mark.parametrize(
    ("types", "each"),
    [(["ecs.g7.large"], 2), (["ecs.g7.xlarge"], 4), (["ecs.gn7i-c8g1.2xlarge", "ecs.gn7i-c16g1.4xlarge"], 16)],
)
def test_virtual_cpus_are_those_of_the_largest_type_at_the_pools_sizes(types: list[str], each: int) -> None:
    sizes = {"scalingConfig": {"minSize": 1, "maxSize": 3}}
    inputs = {"instanceTypes": types, **sizes, "spotStrategy": "SpotWithPriceLimit"}

    plan = Preview.parse(created(state(NODE_POOL, "p", inputs)))

    assert Wanted.by(plan).spot == ["p"]
    assert Wanted.by(plan).vcpus == {"postpaid": (0, 0), "spot": (each, 3 * each)}


def test_without_keys_the_command_says_which_to_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ALIBABA_CLOUD_ACCESS_KEY_ID", "ALICLOUD_ACCESS_KEY"):
        monkeypatch.delenv(name, raising=False)

    done = CliRunner().invoke(app, ["preflight", "-"], input=created())

    assert done.exit_code == 2
    assert "ALIBABA_CLOUD_ACCESS_KEY_ID" in done.output


def test_a_secret_is_never_shown() -> None:
    assert "hush" not in repr(Keys("key", "hush", "hush"))


def test_an_account_out_of_reach_is_said_so() -> None:
    def unreachable(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("no route")

    api = OpenApi(Keys("key", "secret"), httpx.Client(transport=httpx.MockTransport(unreachable)))

    with pytest.raises(ApiError, match=r"sts.x.aliyuncs.com: no route"):
        api.rpc("sts.x.aliyuncs.com", "1", "GetCallerIdentity")


PASSING: dict[str, httpx.Response | Exception] = {
    "too many calls": httpx.Response(400, json={"Code": "Throttling.User", "Message": "flow control"}),
    "too many calls, of ACK": httpx.Response(429, json={"code": "TooManyRequests", "message": "later"}),
    "trouble": httpx.Response(503, json={"Code": "ServiceUnavailable", "Message": "later"}),
    "no JSON": httpx.Response(502, text="<html>"),
    "no answer": httpx.ReadTimeout("late"),
}


@pytest.mark.parametrize("trouble", PASSING.values(), ids=PASSING)
def test_what_passes_is_asked_again(monkeypatch: pytest.MonkeyPatch, trouble: httpx.Response | Exception) -> None:
    monkeypatch.setattr(openapi._AGAIN, "sleep", lambda _: None)
    answers: Iterator[httpx.Response | Exception] = iter([trouble, trouble, httpx.Response(200, json={"Id": "1"})])

    def respond(_: httpx.Request) -> httpx.Response:
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    api = OpenApi(Keys("key", "secret"), httpx.Client(transport=httpx.MockTransport(respond)))

    assert api.rpc("vpc.x.aliyuncs.com", "1", "DescribeVpcs") == {"Id": "1"}


def test_trouble_that_does_not_pass_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(openapi._AGAIN, "sleep", lambda _: None)
    asked: list[httpx.Request] = []

    def respond(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(400, json={"Code": "Throttling.User", "Message": "flow control"})

    with pytest.raises(ApiError, match=r"Throttling.User: flow control"):
        OpenApi(Keys("key", "secret"), httpx.Client(transport=httpx.MockTransport(respond))).get("x", "1", "A", "/")
    assert len(asked) == 5


def test_a_refusal_is_not_asked_again() -> None:
    answers = iter([httpx.Response(403, json={"Code": "Forbidden.RAM", "Message": "no"})])
    api = OpenApi(Keys("key", "secret"), httpx.Client(transport=httpx.MockTransport(lambda _: next(answers))))

    with pytest.raises(ApiError, match=r"Forbidden.RAM"):
        api.rpc("vpc.x.aliyuncs.com", "1", "DescribeVpcs")
