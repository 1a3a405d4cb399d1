"""The plugin as the engine sees it (pulumirpc.ResourceProvider): messages in, operations, messages out."""

# ruff: noqa: N802 - the methods' names are the protocol's

import threading
from collections.abc import Callable
from functools import partial
from importlib import metadata
from typing import Any, TypeVar

from google.protobuf import empty_pb2, struct_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2_grpc
from pulumi.runtime.proto import provider_pb2 as pb

from .api import ApiError, Client
from .check import faults
from .checkpoint import imported, inputs_of, live_of, manager_of, state
from .compare import compare
from .config import Config, configure, replacing
from .convert import Object, dump, has_unknown, hide, load, reveal
from .diff import parse, seen
from .engine import Engine, Row
from .failures import PartialFailureError, reported
from .kubeconfig import Endpoint
from .naming import named
from .objects import Type, is_set, object_id
from .operations import Desired, Operations
from .waiting import NotReadyError, Waiter

Context = Any  # grpc publishes no types
_T = TypeVar("_T")


class Provider(provider_pb2_grpc.ResourceProviderServicer):
    """One configured `kubernetes.Provider`; each call may run in a thread of its own.

    connect: makes the client of a cluster. interval: seconds between two looks at an object that is waited for.
    """

    def __init__(
        self,
        engine: Engine,
        connect: Callable[[Endpoint, Callable[[str], None]], Client] = Client,
        interval: float = 0.5,
    ):
        self._engine = engine
        self._connect = connect
        self._interval = interval
        self._config = Config()
        self._client: Client | None = None
        self._cancelled = threading.Event()

    def Handshake(self, request: pb.ProviderHandshakeRequest, context: Context) -> pb.ProviderHandshakeResponse:
        return pb.ProviderHandshakeResponse(accept_secrets=True, supports_autonaming_configuration=True)

    def GetPluginInfo(self, request: empty_pb2.Empty, context: Context) -> plugin_pb2.PluginInfo:
        return plugin_pb2.PluginInfo(version=metadata.version("pulumi_kubernetes"))

    def CheckConfig(self, request: pb.CheckRequest, context: Context) -> pb.CheckResponse:
        return pb.CheckResponse(inputs=request.news)

    def DiffConfig(self, request: pb.DiffRequest, context: Context) -> pb.DiffResponse:
        olds, news = reveal(load(request.old_inputs)) or reveal(load(request.olds)), reveal(load(request.news))
        changed = sorted(key for key in olds.keys() | news.keys() if olds.get(key) != news.get(key))
        changes = pb.DiffResponse.DIFF_SOME if changed else pb.DiffResponse.DIFF_NONE
        return pb.DiffResponse(changes=changes, diffs=changed, replaces=replacing(olds, news) if changed else [])

    @reported
    def Configure(self, request: pb.ConfigureRequest, context: Context) -> pb.ConfigureResponse:
        self._config = configure(reveal(load(request.args)))
        if self._config.endpoint:
            self._client = self._connect(self._config.endpoint, self._engine.row("").warn)
        return pb.ConfigureResponse(acceptSecrets=True, supportsPreview=True, supports_autonaming_configuration=True)

    def Check(self, request: pb.CheckRequest, context: Context) -> pb.CheckResponse:
        given, before = load(request.news), reveal(load(request.olds))
        news = reveal(given)
        failures = list(faults(news, Type.of(request.urn)))
        if not failures:
            try:
                news = named(news, before, request)
            except ValueError as error:
                failures.append(pb.CheckFailure(property="metadata.name", reason=str(error)))
        return pb.CheckResponse(inputs=dump(hide(news, given)), failures=failures)

    @reported
    def Diff(self, request: pb.DiffRequest, context: Context) -> pb.DiffResponse:
        olds = load(request.olds)
        desired = self._desired(request.urn, reveal(load(request.news)), olds)
        inputs = inputs_of(olds) or reveal(load(request.old_inputs))
        ignored = [parse(path) for path in request.ignoreChanges]
        return compare(inputs, live_of(olds), desired, ignored, self._config.mutable, self._client)

    @reported
    def Create(self, request: pb.CreateRequest, context: Context) -> pb.CreateResponse:
        given = load(request.properties)
        desired = self._desired(request.urn, reveal(given), {}, request.timeout)
        if request.preview:
            return pb.CreateResponse(properties=self._preview(request.urn, given, desired, Operations.try_create))
        live = self._write(request.urn, given, desired, lambda on: on.create(desired, self._config.upsert))
        return pb.CreateResponse(id=object_id(live), properties=dump(state(live, given, desired.manager)))

    @reported
    def Update(self, request: pb.UpdateRequest, context: Context) -> pb.UpdateResponse:
        given, olds = load(request.news), load(request.olds)
        desired = self._desired(request.urn, reveal(given), olds, request.timeout)
        ignored = [parse(path) for path in request.ignoreChanges]
        if request.preview:
            ask = partial(Operations.try_update, ignored=ignored)
            return pb.UpdateResponse(properties=self._preview(request.urn, given, desired, ask))
        before = manager_of(olds, {}, request.urn)
        live = self._write(request.urn, given, desired, lambda on: on.update(desired, before, ignored))
        return pb.UpdateResponse(properties=dump(state(live, given, desired.manager)))

    @reported
    def Read(self, request: pb.ReadRequest, context: Context) -> pb.ReadResponse:
        given, olds = load(request.inputs), load(request.properties)
        inputs = reveal(given)
        known = inputs if inputs.get("kind") else live_of(olds)
        wanted = known if known.get("kind") else _identified(request)
        live = self._forgiving(request.urn, lambda: self._connected().get(wanted))
        if live is None:
            return pb.ReadResponse()
        now = hide(seen(live, inputs), given) if inputs else imported(live)
        kept = state(live, now, manager_of(olds, inputs, request.urn))
        return pb.ReadResponse(id=request.id, properties=dump(kept), inputs=dump(now))

    @reported
    def Delete(self, request: pb.DeleteRequest, context: Context) -> empty_pb2.Empty:
        olds = load(request.properties)
        obj, inputs = live_of(olds), inputs_of(olds)
        with self._engine.row(request.urn) as row:
            if Type.of(request.urn).patches(obj["kind"]):
                manager = manager_of(olds, {}, request.urn)
                self._forgiving(request.urn, lambda: self._operations(row).release(obj, manager))
            else:
                self._forgiving(request.urn, lambda: self._operations(row).delete(obj, inputs, request.timeout))
        return empty_pb2.Empty()

    def Invoke(self, request: pb.InvokeRequest, context: Context) -> pb.InvokeResponse:
        reason = f"{request.tok} is not offered by this plugin: YAML, Helm and Kustomize need the official one"
        return pb.InvokeResponse(failures=[pb.CheckFailure(reason=reason)])

    def Cancel(self, request: empty_pb2.Empty, context: Context) -> empty_pb2.Empty:
        self._cancelled.set()
        return empty_pb2.Empty()

    def _desired(self, urn: str, inputs: Object, olds: Object, timeout: float = 0) -> Desired:
        return Desired(
            inputs=inputs,
            manager=manager_of(olds, inputs, urn),
            patch=Type.of(urn).patches(inputs["kind"]),
            force=self._config.patch_force or is_set(inputs, "patchForce"),
            timeout=timeout,
        )

    def _preview(
        self, urn: str, given: Object, desired: Desired, ask: Callable[[Operations, Desired], Object | None]
    ) -> struct_pb2.Struct:
        """Outputs as far as the server can tell them now, else the inputs.

        The status is left out: it is made by controllers, which a dry run does not start.
        """
        live = None
        if self._client and not has_unknown(desired.inputs):
            with self._engine.row(urn) as row:
                live = ask(self._operations(row), desired)
        if live is None:
            return dump(given)
        live.pop("status", None)
        return dump(state(live, given, desired.manager))

    def _write(self, urn: str, given: Object, desired: Desired, write: Callable[[Operations], Object]) -> Object:
        with self._engine.row(urn) as row:
            try:
                return write(self._operations(row))
            except NotReadyError as error:
                detail = pb.ErrorResourceInitFailed(
                    id=object_id(error.live),
                    properties=dump(state(error.live, given, desired.manager)),
                    inputs=dump(given),
                    reasons=error.reasons,
                )
                raise PartialFailureError(detail) from error

    def _operations(self, row: Row) -> Operations:
        client = self._connected()
        return Operations(client, Waiter(client, self._cancelled, row.tell, interval=self._interval))

    def _connected(self) -> Client:
        if self._client is None:
            raise ApiError(0, "the Kubernetes provider has no kubeconfig", hint="Give its kubernetes.Provider one.")
        return self._client

    def _forgiving(self, urn: str, call: Callable[[], _T]) -> _T | None:
        """None, as if the object were gone, where the cluster does not answer and the user says that this is fine."""
        try:
            return call()
        except ApiError as error:
            if not error.unreachable:
                raise
            if not self._config.delete_unreachable:
                hint = "If that cluster is gone for good: PULUMI_K8S_DELETE_UNREACHABLE=true pulumi refresh"
                raise ApiError(0, str(error), hint=hint) from error
            self._engine.row(urn).warn(f"{error}: taken out of the state (deleteUnreachable)")
            return None


def _identified(request: pb.ReadRequest) -> Object:
    """What an import or a `.get` asks for: only type and id are known."""
    declared = Type.of(request.urn)
    namespace, _, name = request.id.rpartition("/")
    place = {"namespace": namespace} if namespace else {}
    kind = declared.kind.removesuffix("Patch")
    return {"apiVersion": declared.api_version, "kind": kind, "metadata": {"name": name, **place}}
