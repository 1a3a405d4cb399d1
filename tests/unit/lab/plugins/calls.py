"""The engine's side of a call: requests made from plain values, answers and failures read back."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import grpc
from pulumi.runtime.proto import provider_pb2 as pb
from pulumi.runtime.proto import status_pb2

from lab.plugins.kubernetes.convert import dump, load, reveal
from lab.plugins.kubernetes.engine import Engine
from lab.plugins.kubernetes.provider import Provider
from tests.unit.lab.plugins.fake_api import SERVER, FakeApi

Object = dict[str, Any]

KUBECONFIG = {
    "current-context": "main",
    "contexts": [{"name": "main", "context": {"cluster": "ack", "user": "admin"}}],
    "clusters": [{"name": "ack", "cluster": {"server": SERVER}}],
    "users": [{"name": "admin", "user": {"token": "t0ken"}}],
}


class CallFailedError(Exception):
    """code, text: the call's status. detail: of a partial failure."""

    def __init__(self, code: grpc.StatusCode, text: str, trailing: tuple[tuple[str, bytes], ...]):
        super().__init__(text)
        self.code = code
        self.detail: pb.ErrorResourceInitFailed | None = None
        for key, value in trailing:
            assert key == "grpc-status-details-bin"
            self.detail = pb.ErrorResourceInitFailed()
            assert status_pb2.Status.FromString(value).details[0].Unpack(self.detail)


class CallContext:
    """What gRPC hands a servicer's method."""

    def __init__(self) -> None:
        self.trailing: tuple[tuple[str, bytes], ...] = ()

    def set_trailing_metadata(self, metadata: tuple[tuple[str, bytes], ...]) -> None:
        self.trailing = metadata

    def abort(self, code: grpc.StatusCode, text: str) -> None:
        raise CallFailedError(code, text, self.trailing)


class Lines(Engine):
    """An engine that keeps what it is told. on_line: something that happens the moment a line is shown."""

    def __init__(self) -> None:
        super().__init__("")
        self.told: list[str] = []
        self.on_line: Callable[[str], None] = lambda _: None

    def log(self, urn: str, text: str, severity: Any, passing: bool) -> None:
        self.told.append(text)
        self.on_line(text)


@dataclass
class Stack:
    """A provider on a fake cluster, and the state of its resources as the engine would keep it."""

    api: FakeApi = field(default_factory=FakeApi)
    lines: Lines = field(default_factory=Lines)
    args: Object = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.provider = Provider(self.lines, connect=self.api.client, interval=0)
        given = {"kubeconfig": KUBECONFIG, **self.args}
        self.provider.Configure(pb.ConfigureRequest(args=dump(given)), CallContext())

    def check(self, inputs: Object, olds: Object | None = None, **request: Any) -> pb.CheckResponse:
        given = {"urn": urn_of(inputs), "randomSeed": b"seed", **request}
        answer: pb.CheckResponse = self.provider.Check(
            pb.CheckRequest(olds=dump(olds or {}), news=dump(inputs), **given), CallContext()
        )
        return answer

    def create(self, inputs: Object, urn: str = "", preview: bool = False, timeout: float = 0) -> Object:
        """The new state."""
        request = pb.CreateRequest(urn=urn or urn_of(inputs), properties=dump(inputs), preview=preview, timeout=timeout)
        return load(self.provider.Create(request, CallContext()).properties)

    def update(
        self, state: Object, inputs: Object, urn: str = "", preview: bool = False, ignored: list[str] | None = None
    ) -> Object:
        request = pb.UpdateRequest(
            urn=urn or urn_of(inputs), olds=dump(state), news=dump(inputs), preview=preview, ignoreChanges=ignored
        )
        return load(self.provider.Update(request, CallContext()).properties)

    def diff(self, state: Object, inputs: Object, urn: str = "", ignored: list[str] | None = None) -> pb.DiffResponse:
        request = pb.DiffRequest(urn=urn or urn_of(inputs), olds=dump(state), news=dump(inputs), ignoreChanges=ignored)
        answer: pb.DiffResponse = self.provider.Diff(request, CallContext())
        return answer

    def read(self, state: Object, urn: str = "", resource_id: str = "") -> pb.ReadResponse:
        inputs = state.get("__inputs", {})
        request = pb.ReadRequest(
            id=resource_id or "id", urn=urn or urn_of(inputs), properties=dump(state), inputs=dump(inputs)
        )
        answer: pb.ReadResponse = self.provider.Read(request, CallContext())
        return answer

    def delete(self, state: Object, urn: str = "", timeout: float = 0) -> None:
        request = pb.DeleteRequest(urn=urn or urn_of(reveal(state)), properties=dump(state), timeout=timeout)
        self.provider.Delete(request, CallContext())


def urn_of(obj: Object, name: str = "res", patch: bool = False) -> str:
    group = "core/" if "/" not in obj["apiVersion"] else ""
    suffix = "Patch" if patch else ""
    return f"urn:pulumi:dev::lab::kubernetes:{group}{obj['apiVersion']}:{obj['kind']}{suffix}::{name}"
