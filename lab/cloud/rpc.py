"""Products that are called in RPC style: POST /?Action=…, flat parameters, PascalCase JSON back."""

import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from lab.cloud.errors import ApiError, MissingParameterError, UnknownActionError
from lab.cloud.tokens import ClientTokens
from lab.cloud.wire import Answer, HttpRequest, attempt


@dataclass(frozen=True)
class RpcRequest:
    """Parameters of query and form together; lists and tags are spelt Name.1, Name.2 as on the wire.

    caller: access key of whoever signed it.
    """

    action: str
    parameters: Mapping[str, str]
    region: str = ""
    caller: str = ""

    def need(self, name: str) -> str:
        try:
            return self.parameters[name]
        except KeyError:
            raise MissingParameterError(name) from None

    def get(self, name: str, default: str = "") -> str:
        return self.parameters.get(name, default)

    def listed(self, name: str) -> list[str]:
        """Values of Name.1, Name.2 …"""
        pattern = re.compile(rf"{re.escape(name)}\.(\d+)")
        found = {int(m[1]): value for key, value in self.parameters.items() if (m := pattern.fullmatch(key))}
        return [found[number] for number in sorted(found)]

    def tags(self) -> dict[str, str]:
        """Tag.1.Key and Tag.1.Value …"""
        pattern = re.compile(r"Tag\.(\d+)\.Key")
        numbers = [m[1] for key in self.parameters if (m := pattern.fullmatch(key))]
        return {self.parameters[f"Tag.{n}.Key"]: self.get(f"Tag.{n}.Value") for n in numbers}


Handler = Callable[[RpcRequest], Mapping[str, Any]]


class RpcProduct:
    """A table of actions under one name.

    name: also the first label of its host names, unless hosts says others.
    """

    def __init__(self, name: str, actions: Mapping[str, Handler], hosts: tuple[str, ...] = ()) -> None:
        self.name = name
        self.hosts = hosts or (name,)
        self.actions = actions
        self._tokens: ClientTokens | None = None

    def remember_in(self, tokens: ClientTokens) -> None:
        """Client tokens count from now on."""
        self._tokens = tokens

    def answer(self, request: HttpRequest) -> Answer:
        parameters = _parameters(request)
        action = _action(request, parameters)
        call = RpcRequest(action, parameters, request.region or parameters.get("RegionId", ""), request.caller)
        try:
            body = attempt(lambda: self._handle(call))
        except ApiError as error:
            return self.refusal(request, error)
        return Answer(action, 200, {**body, "RequestId": secrets.token_hex(16)})

    def action(self, request: HttpRequest) -> str:
        return _action(request, _parameters(request))

    def refusal(self, request: HttpRequest, error: ApiError) -> Answer:
        said = {
            "Code": error.code,
            "Message": error.message,
            "RequestId": secrets.token_hex(16),
            "HostId": request.host,
            **({"AccessDeniedDetail": error.denied} if error.denied else {}),
        }
        return Answer(self.action(request), error.status, said, isinstance(error, UnknownActionError))

    def _handle(self, call: RpcRequest) -> Mapping[str, Any]:
        handler = self.actions.get(call.action)
        if handler is None:
            raise UnknownActionError(self.name, call.action or "(no Action parameter)")
        if self._tokens is None:
            return handler(call)
        return self._tokens.once(call.action, call.parameters, lambda: handler(call))


def _action(request: HttpRequest, parameters: Mapping[str, str]) -> str:
    return parameters.get("Action") or request.headers.get("x-acs-action", "")


def _parameters(request: HttpRequest) -> dict[str, str]:
    return {**request.query, **request.form()}
