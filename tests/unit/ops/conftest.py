"""The emulated account, which checks every signature, and the client that asks it."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette

from lab.cloud.account import Account
from lab.cloud.settings import Settings
from lab.cloud.signatures import Signatures
from ops.preflight.openapi import Keys, OpenApi
from tests.unit.lab.cloud.fakes import FakeHands


class InProcess(httpx.BaseTransport):
    """The account answers without a network."""

    def __init__(self, app: Starlette) -> None:
        self._app = app

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        async def call() -> httpx.Response:
            answer = await httpx.ASGITransport(self._app).handle_async_request(request)
            return httpx.Response(answer.status_code, headers=answer.headers, content=await answer.aread())

        return asyncio.run(call())


@pytest.fixture
def client(tmp_path: Path) -> Iterator[httpx.Client]:
    account = Account(tmp_path, FakeHands(), Settings(node_boot_seconds=0), Signatures({"key": "secret"}))
    yield httpx.Client(transport=InProcess(account.app))
    account.stop()


@pytest.fixture
def api(client: httpx.Client) -> OpenApi:
    return OpenApi(Keys("key", "secret"), client)
