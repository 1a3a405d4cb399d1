"""What all emulated products share: a request as it came in, an answer as it goes out, and refusals in between."""

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar
from urllib.parse import parse_qsl

from pydantic import ValidationError

from lab.cloud.errors import ApiError

log = logging.getLogger(__name__)
T = TypeVar("T")


@dataclass(frozen=True)
class HttpRequest:
    """host: without port, lower case; header names in lower case. caller: access key of whoever signed it."""

    method: str
    host: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    caller: str = ""

    def form(self) -> dict[str, str]:
        if "form" not in self.headers.get("content-type", ""):
            return {}
        return dict(parse_qsl(self.body.decode(), keep_blank_values=True))

    def json(self) -> Any:
        """Raises ApiError if the body is not JSON; None without a body."""
        if not self.body:
            return None
        try:
            return json.loads(self.body)
        except ValueError as error:
            raise ApiError("InvalidParameter.Body", f"the body is not JSON: {error}") from error

    @property
    def region(self) -> str:
        """Region that the host names, "" for a global endpoint."""
        labels = self.host.removesuffix(".aliyuncs.com").split(".")
        return next((label for label in labels[1:] if "-" in label), "")


@dataclass(frozen=True)
class Answer:
    """action: what was called, for the call log; body: JSON, or bytes as they are, or None for an empty body.

    lost: the connection breaks before the body is through. headers: beyond those that the body makes.
    """

    action: str
    status: int
    body: Any
    unknown: bool = False
    lost: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)


class Product(Protocol):
    @property
    def name(self) -> str: ...

    def answer(self, request: HttpRequest) -> Answer:
        """Never raises: a refusal is an answer too."""

    def action(self, request: HttpRequest) -> str:
        """What is asked for, as the call log and the faults name it."""

    def refusal(self, request: HttpRequest, error: ApiError) -> Answer:
        """An error in this product's spelling."""


def attempt(work: Callable[[], T]) -> T:
    """Turn whatever goes wrong into ApiError: an unhandled fault would be a 5xx, which the provider retries silently.

    Codes and messages of ours avoid the words that the provider retries on, such as "InternalError".
    """
    try:
        return work()
    except ApiError:
        raise
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors())
        raise ApiError("InvalidParameter", f"the emulated account cannot accept this: {faults}") from error
    except RuntimeError as error:
        raise ApiError("Lab.ClusterFault", f"the lab's cluster refused: {error}") from error
    except Exception as error:
        log.exception("fault in the emulated account")
        raise ApiError("Lab.Fault", f"the emulated account has a fault of its own: {error!r} (see its log)") from error
