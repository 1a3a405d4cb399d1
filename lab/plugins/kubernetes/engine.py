"""Lines in the rows of the CLI's display."""

from typing import Any

import grpc
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc

from ..serving import channel

_SECONDS = 2


class Engine:
    """The engine's log. A line that does not get through is lost: progress is not worth a failure."""

    def __init__(self, address: str):
        self._stub: Any = engine_pb2_grpc.EngineStub(channel(address)) if address else None

    def row(self, urn: str) -> "Row":
        return Row(self, urn)

    def log(self, urn: str, text: str, severity: engine_pb2.LogSeverity.ValueType, passing: bool) -> None:
        """passing: shown beside the resource while it is worked on, not kept in the diagnostics."""
        if self._stub is None:
            return
        request = engine_pb2.LogRequest(severity=severity, message=text, urn=urn, ephemeral=passing)
        try:
            self._stub.Log(request, timeout=_SECONDS)
        except grpc.RpcError:
            return


class Row:
    """One resource's row; a line that is shown already is not sent again."""

    def __init__(self, engine: Engine, urn: str):
        self._engine = engine
        self._urn = urn
        self._shown = ""

    def tell(self, line: str) -> None:
        if line != self._shown:
            self._shown = line
            self._engine.log(self._urn, line, engine_pb2.INFO, passing=True)

    def __enter__(self) -> "Row":
        return self

    def __exit__(self, *_: object) -> None:
        if self._shown:
            self.tell("")

    def warn(self, text: str) -> None:
        self._engine.log(self._urn, text, engine_pb2.WARNING, passing=False)
