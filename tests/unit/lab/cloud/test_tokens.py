"""Client tokens: what a repeated call gets, and what is remembered of the first."""

import itertools
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from lab.cloud.account import Account
from lab.cloud.settings import Settings
from lab.cloud.store import Store
from lab.cloud.tokens import ClientTokens
from tests.unit.lab.cloud.api import PATIENCE_SECONDS, Api, RefusedError
from tests.unit.lab.cloud.fakes import FakeHands


def test_a_repeated_creation_makes_one_object(api: Api) -> None:
    first = api.rpc("vpc", "CreateVpc", ClientToken="t-1")
    second = api.rpc("vpc", "CreateVpc", ClientToken="t-1")
    third = api.rpc("vpc", "CreateVpc", ClientToken="t-2")

    assert first["VpcId"] == second["VpcId"] != third["VpcId"]


def test_a_token_outlives_a_restart(api: Api, tmp_path: Path) -> None:
    first = api.rpc("vpc", "CreateVpc", ClientToken="t-1")
    again = Account(tmp_path, FakeHands(), Settings())

    assert Api(again.app).rpc("vpc", "CreateVpc", ClientToken="t-1")["VpcId"] == first["VpcId"]
    assert again.left() == {"vpc": [first["VpcId"]]}


def test_the_attempt_may_differ_and_what_is_asked_for_may_not(api: Api) -> None:
    first = api.rpc("vpc", "CreateVpc", ClientToken="t-1", VpcName="a", SignatureNonce="1", Timestamp="then")
    second = api.rpc("vpc", "CreateVpc", ClientToken="t-1", VpcName="a", SignatureNonce="2", Timestamp="now")
    assert first["VpcId"] == second["VpcId"]

    with pytest.raises(RefusedError, match="IdempotentParameterMismatch"):
        api.rpc("vpc", "CreateVpc", ClientToken="t-1", VpcName="b")


def test_the_same_token_may_serve_two_actions(api: Api) -> None:
    api.rpc("vpc", "CreateVpc", ClientToken="t-1")

    assert api.rpc("vpc", "AllocateEipAddress", ClientToken="t-1")["AllocationId"]


def test_a_failed_call_may_be_repeated(api: Api) -> None:
    call = {"ClientToken": "t-1", "VpcId": "vpc-none", "ZoneId": "cn-shanghai-l", "CidrBlock": "10.0.0.0/24"}
    for _ in range(2):
        with pytest.raises(RefusedError, match="InvalidVpcId"):
            api.rpc("vpc", "CreateVSwitch", **call)


def test_of_calls_at_once_one_does_the_work_and_the_others_get_its_answer(tmp_path: Path) -> None:
    tokens, worked = ClientTokens(Store(tmp_path / "account.db")), itertools.count()
    together = Barrier(8)

    def call(_: int) -> object:
        together.wait(PATIENCE_SECONDS)
        return tokens.once("CreateVpc", {"ClientToken": "t-1"}, lambda: {"VpcId": f"vpc-{next(worked)}"})["VpcId"]

    with ThreadPoolExecutor(8) as threads:
        assert set(threads.map(call, range(8))) == {"vpc-0"}
