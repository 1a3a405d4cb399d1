"""Products that are called in ROA style: methods and paths, JSON both ways."""

import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from lab.cloud.errors import ApiError, UnknownActionError
from lab.cloud.wire import Answer, HttpRequest, attempt


@dataclass(frozen=True)
class RoaRequest:
    """path: the named parts of the route's template; body: parsed JSON, None without one."""

    path: Mapping[str, str]
    query: Mapping[str, str]
    body: Any
    host: str = ""
    region: str = ""


Handler = Callable[[RoaRequest], Any]
Refusal = Callable[[ApiError, str], Mapping[str, Any]]


@dataclass(frozen=True)
class Route:
    """template: such as /clusters/{cluster_id}/nodepools; a trailing slash in a request makes no difference."""

    method: str
    template: str
    handler: Handler

    def match(self, method: str, path: str) -> dict[str, str] | None:
        if method != self.method:
            return None
        pattern = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", self.template)
        found = re.fullmatch(pattern, path.rstrip("/") or "/")
        return {name: unquote(value) for name, value in found.groupdict().items()} if found else None


def refusal(error: ApiError, request_id: str) -> dict[str, Any]:
    """Both spellings: the three client libraries of container service disagree on which they read."""
    return {
        "code": error.code,
        "message": error.message,
        "requestId": request_id,
        "Code": error.code,
        "Message": error.message,
        "RequestId": request_id,
        **({"accessDeniedDetail": error.denied} if error.denied else {}),
    }


class RoaProduct:
    """A list of routes under one name, which is also the first label of its host names."""

    def __init__(
        self, name: str, routes: Sequence[Route], refuse: Refusal = refusal, hosts: tuple[str, ...] = ()
    ) -> None:
        self.name = name
        self.hosts = hosts or (name,)
        self.routes = routes
        self._refuse = refuse

    def answer(self, request: HttpRequest) -> Answer:
        route, path = self._route(request)
        action = _action(route, request)
        try:
            if route is None:
                raise UnknownActionError(self.name, action)
            body = attempt(lambda: _call(route, path, request))
        except ApiError as error:
            return self.refusal(request, error)
        return Answer(action, 200, body)

    def action(self, request: HttpRequest) -> str:
        route, _ = self._route(request)
        return _action(route, request)

    def refusal(self, request: HttpRequest, error: ApiError) -> Answer:
        body = self._refuse(error, secrets.token_hex(16))
        return Answer(self.action(request), error.status, body, isinstance(error, UnknownActionError))

    def _route(self, request: HttpRequest) -> tuple[Route | None, dict[str, str]]:
        for route in self.routes:
            path = route.match(request.method, request.path)
            if path is not None:
                return route, path
        return None, {}


def _action(route: Route | None, request: HttpRequest) -> str:
    return f"{request.method} {route.template if route else request.path}"


def _call(route: Route, path: Mapping[str, str], request: HttpRequest) -> Any:
    return route.handler(RoaRequest(path, request.query, request.json(), request.host, request.region))
