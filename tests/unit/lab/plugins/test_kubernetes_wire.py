"""Over a real connection: what the engine's own client would decode."""

import re
from collections.abc import Iterator
from typing import Any

import grpc
import pytest
from google.protobuf import empty_pb2
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc, provider_pb2_grpc, status_pb2
from pulumi.runtime.proto import provider_pb2 as pb

from lab.plugins.kubernetes.convert import dump
from lab.plugins.kubernetes.engine import Engine
from lab.plugins.kubernetes.provider import Provider
from lab.plugins.serving import channel, start
from tests.unit.lab.plugins.calls import KUBECONFIG, urn_of
from tests.unit.lab.plugins.fake_api import FakeApi
from tests.unit.lab.plugins.samples import service


class Log(engine_pb2_grpc.EngineServicer):
    def __init__(self) -> None:
        self.lines: list[tuple[str, bool]] = []

    def Log(self, request: engine_pb2.LogRequest, context: Any) -> empty_pb2.Empty:  # noqa: N802 - the protocol's name
        self.lines.append((request.message, request.ephemeral))
        return empty_pb2.Empty()


@pytest.fixture
def log() -> Log:
    return Log()


@pytest.fixture
def plugin(log: Log) -> Iterator[Any]:
    engine, engine_port = start(lambda server: engine_pb2_grpc.add_EngineServicer_to_server(log, server), workers=2)
    api = FakeApi(controllers=[lambda obj: obj.update(status={"seen": True})])
    provider = Provider(Engine(f"127.0.0.1:{engine_port}"), connect=api.client, interval=0)
    server, port = start(
        lambda server: provider_pb2_grpc.add_ResourceProviderServicer_to_server(provider, server), workers=2
    )
    with channel(f"127.0.0.1:{port}") as connection:
        stub = provider_pb2_grpc.ResourceProviderStub(connection)
        stub.Configure(pb.ConfigureRequest(args=dump({"kubeconfig": KUBECONFIG})))
        yield stub
    server.stop(None)
    engine.stop(1).wait()  # asks its one client to go, which is quieter than cutting it off


def test_a_partial_failure_carries_the_object_in_the_details_of_the_status(plugin: Any, log: Log) -> None:
    inputs = service(waitFor="condition=Ready", timeoutSeconds="0")

    with pytest.raises(grpc.RpcError) as failed:
        plugin.Create(pb.CreateRequest(urn=urn_of(inputs), properties=dump(inputs)))

    trailing = dict(failed.value.trailing_metadata())
    status = status_pb2.Status.FromString(trailing["grpc-status-details-bin"])
    detail = pb.ErrorResourceInitFailed()
    assert status.code == grpc.StatusCode.UNKNOWN.value[0]
    assert status.details[0].Unpack(detail)
    assert detail.id == "default/api"
    assert failed.value.details() == status.message == detail.reasons[0]


def test_progress_goes_to_the_resources_row_and_is_cleared(plugin: Any, log: Log) -> None:
    inputs = service(waitFor="jsonpath={.status.seen}")

    plugin.Create(pb.CreateRequest(urn=urn_of(inputs), properties=dump(inputs)))

    assert log.lines == [("waiting for jsonpath={.status.seen}: no status yet", True), ("", True)]


def test_the_plugin_says_which_official_one_it_stands_in_for(plugin: Any) -> None:
    assert re.fullmatch(r"4\.\d+\.\d+", plugin.GetPluginInfo(empty_pb2.Empty()).version)


def test_secrets_are_accepted_so_that_the_engine_need_not_guess_which_outputs_are(plugin: Any) -> None:
    assert plugin.Configure(pb.ConfigureRequest()).acceptSecrets


def test_helm_and_yaml_are_refused_in_words(plugin: Any) -> None:
    (failure,) = plugin.Invoke(pb.InvokeRequest(tok="kubernetes:yaml:decode")).failures

    assert "kubernetes:yaml:decode is not offered" in failure.reason
