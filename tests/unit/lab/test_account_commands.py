"""`python -m lab cloud …` against an account that is served in this process."""

import asyncio
import base64
import contextlib
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

from lab import account_commands
from lab.cloud.account import Account
from lab.cloud.sts.issuer import Issuer
from lab.lifecycle import LabError
from tests.unit.lab.cloud.fakes import FakeHands
from tests.unit.lab.layouts import LayoutInFolder

Run = Callable[..., str]


@pytest.fixture
def account(tmp_path: Path) -> Iterator[Account]:
    account = Account(tmp_path, FakeHands())
    yield account
    account.stop()


@pytest.fixture
def client(account: Account) -> httpx.Client:
    async def forward(request: httpx.Request) -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(account.app)) as inner:
            answer = await inner.request(request.method, request.url, headers=request.headers, content=request.content)
        return httpx.Response(answer.status_code, content=answer.content)

    transport = httpx.MockTransport(lambda request: asyncio.run(forward(request)))
    return httpx.Client(base_url="https://lab.aliyuncs.com", transport=transport)


@pytest.fixture
def run(account: Account, client: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setattr(account_commands, "is_up", lambda _: True)
    monkeypatch.setattr(account_commands, "control", lambda _: contextlib.nullcontext(client))
    monkeypatch.setattr(account_commands, "left_in_account", lambda _: account.left())

    def run(*arguments: str) -> str:
        done = CliRunner().invoke(account_commands.app, list(arguments), catch_exceptions=False, standalone_mode=False)
        return done.output

    return run


def create_vpc(client: httpx.Client) -> httpx.Response:
    return client.post("https://vpc.cn-shanghai.aliyuncs.com/?Action=CreateVpc&CidrBlock=10.0.0.0/8")


def test_objects_are_listed_by_kind(run: Run, client: httpx.Client, account: Account) -> None:
    create_vpc(client)

    assert account.left()["vpc"][0] in run("list")


def test_calls_are_shown_with_the_actions_that_nobody_knows(run: Run, client: httpx.Client) -> None:
    create_vpc(client)
    client.post("https://vpc.cn-shanghai.aliyuncs.com/?Action=CreateMoon")

    shown = run("calls")

    assert "CreateVpc" in shown
    assert "unknown actions: vpc CreateMoon" in shown


def test_trouble_comes_when_it_is_asked_for_and_ends_when_told(run: Run, client: httpx.Client) -> None:
    run("inject", "unavailable", "--product", "vpc", "--times", "9")
    assert create_vpc(client).status_code == 503
    run("inject", "slow", "--action", "Delete*")

    told = run("calm")

    assert "unavailable vpc *: struck 1 times" in told
    assert create_vpc(client).status_code == 200


def test_trouble_of_an_unknown_kind_is_refused_with_what_there_is(run: Run) -> None:
    with pytest.raises(LabError, match="throttled"):
        run("inject", "earthquake")


def test_delays_and_quotas_are_set_one_by_one(run: Run, client: httpx.Client, account: Account) -> None:
    run("set", "quotas.eip=3", "pending_seconds=20")

    assert "pending_seconds=20" in run("set", "quotas.vpc=0")
    assert account.knobs.now.quotas == {"eip": 3, "vpc": 0}
    assert create_vpc(client).json()["Code"] == "QuotaExceeded.Vpc"


@pytest.mark.parametrize(
    ("setting", "fault"),
    [
        ("pending_seconds", "NAME=VALUE"),
        ("pending_seconds.x=1", "pending_seconds.x: Extra inputs"),
        ("quotas.vpcs=1", "no quota for vpcs; there are cluster"),
    ],
)
def test_a_setting_that_there_is_not_is_refused(run: Run, setting: str, fault: str) -> None:
    with pytest.raises(LabError, match=re.escape(fault)):
        run("set", setting)


def test_types_sell_out_one_after_the_other_and_are_all_refilled(run: Run) -> None:
    run("stock", "--zone", "cn-shanghai-l", "--type", "ecs.gn7i-*", "--none")

    told = run("stock", "--spot", "--none")

    assert told.splitlines() == ["sold out: ecs.gn7i-* in cn-shanghai-l", "sold out: * in * (spot)"]
    assert run("stock") == told
    assert run("stock", "--refill").strip() == "nothing is sold out"


def test_nodes_are_listed_and_one_that_is_not_there_cannot_be_taken_back(run: Run) -> None:
    assert "on demand" not in run("nodes")
    with pytest.raises(LabError, match="ErrorNodeNotFound"):
        run("reclaim", "cn-shanghai.10.200.0.1")


def test_a_bucket_is_made_and_its_use_is_printed_for_a_shell(run: Run, account: Account) -> None:
    printed = run("bucket", "states", "--region", "cn-beijing")

    assert account.left() == {"oss-bucket": ["states"]}
    assert "export PULUMI_BACKEND_URL='s3://states?endpoint=https://s3.oss-cn-beijing.aliyuncs.com&" in printed
    assert "export AWS_SECRET_ACCESS_KEY=lab-secret-key" in printed


def test_a_name_that_no_bucket_can_have_is_refused(run: Run) -> None:
    with pytest.raises(LabError, match="InvalidBucketName"):
        run("bucket", "My_States")


def test_a_token_is_signed_with_the_key_that_the_account_checks(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    layout = LayoutInFolder(proxy_port=1, folder=tmp_path)
    monkeypatch.setattr(account_commands, "_running", lambda: layout)

    text, _, signature = run("token", "repo:o/n:environment:prod").strip().rpartition(".")

    assert Issuer(layout.cloud).has_signed(text, base64.urlsafe_b64decode(signature + "=="))


def test_an_addon_wants_a_cluster(run: Run) -> None:
    with pytest.raises(LabError, match="there is no cluster yet"):
        run("addon", "kourier")


def test_a_reset_leaves_nothing(run: Run, client: httpx.Client, account: Account) -> None:
    create_vpc(client)

    run("reset")

    assert account.left() == {}


def test_without_a_lab_the_mend_is_said(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(account_commands, "is_up", lambda _: False)

    with pytest.raises(LabError, match="make lab-up"):
        run("reset")
