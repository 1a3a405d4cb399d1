"""How a call fails, so that the engine understands it."""

from collections.abc import Callable
from functools import wraps
from typing import Any, NoReturn, TypeVar

import grpc
from google.protobuf import any_pb2
from pulumi.runtime.proto import provider_pb2 as pb
from pulumi.runtime.proto import status_pb2

from .api import ApiError
from .waiting import StillThereError

_Servicer = TypeVar("_Servicer")
_Request = TypeVar("_Request")
_Answer = TypeVar("_Answer")


class PartialFailureError(Exception):
    """The object is made but not ready: the engine keeps it in the state, with the reasons as its `initErrors`."""

    def __init__(self, detail: pb.ErrorResourceInitFailed):
        super().__init__(detail.reasons[0])
        self.detail = detail


def reported(
    method: Callable[[_Servicer, _Request, Any], _Answer],
) -> Callable[[_Servicer, _Request, Any], _Answer]:
    """Errors of a servicer's method become the call's status; anything not listed here is a defect of the plugin."""

    @wraps(method)
    def call(servicer: _Servicer, request: _Request, context: Any) -> _Answer:
        try:
            return method(servicer, request, context)
        except PartialFailureError as error:
            context.set_trailing_metadata((("grpc-status-details-bin", _status(error).SerializeToString()),))
            _abort(context, grpc.StatusCode.UNKNOWN, str(error))
        except (ApiError, StillThereError) as error:
            _abort(context, grpc.StatusCode.UNKNOWN, str(error))
        except ValueError as error:
            _abort(context, grpc.StatusCode.INVALID_ARGUMENT, str(error))

    return call


def _status(error: PartialFailureError) -> status_pb2.Status:
    packed = any_pb2.Any()
    packed.Pack(error.detail)
    return status_pb2.Status(code=grpc.StatusCode.UNKNOWN.value[0], message=str(error), details=[packed])


def _abort(context: Any, code: grpc.StatusCode, text: str) -> NoReturn:
    context.abort(code, text)
    raise RuntimeError("abort ends the call by an exception of its own")
