"""The account as a web application: leads each call to its product by host name, and logs it."""

import re
import time
from collections.abc import Callable, Iterable, Sequence

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from lab.cloud.calls import CallLog
from lab.cloud.wire import Answer, HttpRequest, Product

METHODS = ["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD"]


class Directory:
    """Products by the host names that lead to them.

    by_label: first label of the host, as in vpc.cn-shanghai.aliyuncs.com; by_form: a regular expression of the whole,
    where the first label may be the user's own, as in <project>.cn-shanghai.log.aliyuncs.com.
    """

    def __init__(self, by_label: dict[str, Product], by_form: dict[str, Product]) -> None:
        self._by_label = by_label
        self._by_form = by_form

    def product(self, host: str) -> Product | None:
        for form, product in self._by_form.items():
            if re.fullmatch(form, host):
                return product
        return self._by_label.get(host.split(".")[0])

    def names(self) -> list[str]:
        return sorted({product.name for product in [*self._by_label.values(), *self._by_form.values()]})


def cloud_app(
    directory: Directory,
    calls: CallLog,
    serve: Callable[[Product, HttpRequest], Answer],
    more_routes: Iterable[BaseRoute] = (),
) -> Starlette:
    """serve: has the product answer, or not; never raises. more_routes: go before the products' own."""

    async def call(request: Request) -> Response:
        started = time.monotonic()
        incoming = await _incoming(request)
        product = directory.product(incoming.host)
        if product is None:
            answer, name = _no_product(incoming, directory.names()), incoming.host
        else:
            # Products may wait for the cluster, so they get a thread.
            answer, name = await run_in_threadpool(serve, product, incoming), product.name
        calls.add(name, answer.action, answer.status, started, answer.unknown)
        if answer.lost:
            return _Broken()
        headers = dict(answer.headers)
        if answer.body is None or isinstance(answer.body, bytes):
            return Response(answer.body, answer.status, headers)
        return JSONResponse(answer.body, answer.status, headers)

    return Starlette(routes=[*more_routes, Route("/{path:path}", call, methods=METHODS)])


async def _incoming(request: Request) -> HttpRequest:
    return HttpRequest(
        method=request.method,
        host=request.headers.get("host", "").split(":")[0].lower(),
        path=request.url.path,
        query=dict(request.query_params),
        headers=dict(request.headers),
        body=await request.body(),
    )


class _Broken(Response):
    """Promises a body and ends without: the server then closes the connection, and the client cannot know how far
    its call went."""

    def __init__(self) -> None:
        super().__init__(headers={"content-length": "1"})


def _no_product(request: HttpRequest, known: Sequence[str]) -> Answer:
    """In every product's spelling, as nobody knows which client asks: one of them panics without its own."""
    message = f"the lab does not emulate the product at {request.host}; it has {', '.join(known)}"
    action = request.query.get("Action") or request.headers.get("x-acs-action") or f"{request.method} {request.path}"
    code = "Lab.UnknownProduct"
    codes = dict.fromkeys(("Code", "code", "errorCode"), code)
    return Answer(action, 400, codes | dict.fromkeys(("Message", "message", "errorMessage"), message), unknown=True)
