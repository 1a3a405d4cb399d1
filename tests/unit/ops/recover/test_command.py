"""`ops recover`: what it shows, changes, and refuses."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

import ops.recover.command
from ops.cli import app
from ops.preflight.openapi import Keys, OpenApi
from ops.recover.engine import Engine
from ops.recover.errors import RecoverError
from tests.unit.ops.recover.states import NAT, VPC, created, export, held, urn, wanted

VPC_HELD = held(VPC, "vpc", "vpc-1", {"vpcName": "net", "cidrBlock": "10.0.0.0/8"})


class FakeEngine:
    """exports: what the state is, time after time; the last one lasts."""

    def __init__(self, exports: Sequence[str], preview: str = "{}") -> None:
        self._exports = list(exports)
        self._preview = preview
        self.stack = "dev"
        self.replaced: list[Any] = []
        self.refreshed: list[Sequence[str]] = []

    def export(self) -> str:
        return self._exports.pop(0) if len(self._exports) > 1 else self._exports[0]

    def preview(self) -> str:
        return self._preview

    def replace(self, state: str) -> None:
        self.replaced.append(json.loads(state)["deployment"])

    def refresh(self, urns: Sequence[str]) -> None:
        self.refreshed.append(urns)


Recover = Callable[..., tuple[int, str]]


@pytest.fixture
def recover(client: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> Recover:
    monkeypatch.setattr(ops.recover.command, "OpenApi", lambda _: OpenApi(Keys("key", "secret"), client))
    monkeypatch.setenv("ALIBABA_CLOUD_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "secret")
    monkeypatch.setenv("COLUMNS", "200")

    def run(engine: FakeEngine, *arguments: str) -> tuple[int, str]:
        monkeypatch.setattr(ops.recover.command, "Engine", lambda *_: engine)
        done = CliRunner().invoke(app, ["recover", "dev", *arguments])
        return done.exit_code, done.output

    return run


def made(client: httpx.Client, **parameters: str) -> str:
    api = OpenApi(Keys("key", "secret"), client)
    vpc = {"RegionId": "cn-shanghai", "CidrBlock": "10.0.0.0/8", "VpcName": "net", **parameters}
    return str(api.rpc("vpc.cn-shanghai.aliyuncs.com", "2016-04-28", "CreateVpc", **vpc)["VpcId"])


@pytest.mark.parametrize(
    "state", [export(), export(VPC_HELD), '{"deployment": {"manifest": {}}}'], ids=["new", "in order", "empty"]
)
def test_where_nothing_is_wrong_nothing_is_done(recover: Recover, state: str) -> None:
    engine = FakeEngine([state])

    status, said = recover(engine, "--yes")

    assert (status, engine.replaced, engine.refreshed) == (0, [], [])
    assert "nothing to recover" in said


def test_without_yes_the_table_is_shown_and_nothing_changed(recover: Recover, client: httpx.Client) -> None:
    vpc = made(client)
    engine = FakeEngine([export(creating=[wanted(VPC, "vpc", VPC_HELD["inputs"])])])

    status, said = recover(engine)

    assert (status, engine.replaced) == (0, [])
    assert vpc in said
    assert "--yes" in said


def test_with_yes_it_is_adopted_and_read_and_so_is_what_an_engine_died_changing(
    recover: Recover, client: httpx.Client
) -> None:
    vpc, nat = made(client), held(NAT, "nat", "ngw-1", {"vpcId": "vpc-0"})
    creating = [wanted(VPC, "vpc", VPC_HELD["inputs"])]
    engine = FakeEngine([export(nat, creating=creating, changing=[nat])])

    status, said = recover(engine, "--yes")

    assert status == 0
    assert [one.get("id") for one in engine.replaced[0]["resources"]] == ["7", "ngw-1", vpc]
    assert engine.refreshed == [[urn(VPC, "vpc"), urn(NAT, "nat")]]
    assert "adopted 1, cleared 2" in said


def test_what_was_never_made_is_cleared_without_a_look_at_anything(recover: Recover) -> None:
    engine = FakeEngine([export(creating=[wanted(VPC, "vpc", VPC_HELD["inputs"])])])

    assert recover(engine, "--yes")[0] == 0
    assert engine.replaced[0]["pending_operations"] == []
    assert engine.refreshed == []


def test_two_that_fit_are_left_and_the_exit_status_says_so(recover: Recover, client: httpx.Client) -> None:
    ids = made(client), made(client)
    engine = FakeEngine([export()], created(wanted(VPC, "vpc", VPC_HELD["inputs"])))

    status, said = recover(engine, "--yes")

    assert (status, engine.replaced) == (1, [])
    assert all(one in said for one in ids)


def test_nothing_is_cut_off_in_a_narrow_terminal(
    recover: Recover, client: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    made(client), made(client)
    monkeypatch.setenv("COLUMNS", "60")

    said = recover(FakeEngine([export()], created(wanted(VPC, "vpc", VPC_HELD["inputs"]))))[1]
    assert "…" not in said


@pytest.mark.parametrize(("options", "status"), [(["--yes"], 1), (["--yes", "--spares"], 0)])
def test_a_twin_is_adopted_only_on_demand_and_under_a_name_that_the_next_up_deletes(
    recover: Recover, client: httpx.Client, options: list[str], status: int
) -> None:
    inputs = {**VPC_HELD["inputs"], "tags": {"stack": "dev"}}
    known, twin = made(client), made(client)
    tag = {"ResourceId.1": twin, "Tag.1.Key": "stack", "Tag.1.Value": "dev"}
    OpenApi(Keys("key", "secret"), client).rpc(
        "vpc.cn-shanghai.aliyuncs.com", "2016-04-28", "TagResources", ResourceType="VPC", **tag
    )
    engine = FakeEngine([export({**held(VPC, "vpc", known, inputs), "protect": True})])

    assert recover(engine, *options)[0] == status

    added = [one for document in engine.replaced for one in document["resources"] if one["id"] == twin]
    assert [(one["urn"], one["protect"]) for one in added] == ([] if status else [(urn(VPC, "vpc-spare-1"), False)])


def test_a_state_that_changes_meanwhile_is_not_overwritten(recover: Recover, client: httpx.Client) -> None:
    made(client)
    engine = FakeEngine([export(creating=[wanted(VPC, "vpc", VPC_HELD["inputs"])]), export(VPC_HELD)])

    status, said = recover(engine, "--yes")

    assert (status, engine.replaced) == (2, [])
    assert "changed meanwhile" in said


def test_a_machine_without_pulumi_is_told_where_to_get_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(RecoverError, match=r"no pulumi on PATH.*https://"):
        Engine("dev").export()


def test_what_pulumi_refuses_is_passed_on(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    tool = tmp_path / "pulumi"
    tool.write_text('#!/bin/sh\necho "the stack is locked: $*" >&2\nexit 255\n')
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")

    with pytest.raises(RecoverError, match=r"`pulumi stack import` failed:\nthe stack is locked: .*--stack dev"):
        Engine("dev").replace("{}")
