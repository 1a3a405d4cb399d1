"""The account behind its proxy, with signatures checked as in the lab, and the vendor's clients in front of it."""

import asyncio
import contextlib
import socket
import sys
import threading
from collections.abc import Callable, Iterator, Sequence

import pytest

from lab.cloud.account import Account
from lab.cloud.server import serve
from lab.cloud.settings import Settings
from lab.cloud.signatures import Signatures
from lab.workspace import KEYS
from tests.sdk.packages import folder
from tests.sdk.vendor import Tally, Vendor, hang_up
from tests.unit.lab.cloud.fakes import FakeHands
from tests.unit.lab.layouts import LayoutInFolder

TALLY = Tally()
KEY = (KEYS["ALICLOUD_ACCESS_KEY"], KEYS["ALICLOUD_SECRET_KEY"])

Open = Callable[..., Vendor]


def pytest_configure() -> None:
    # At the end: what the tests' own environment pins goes first.
    sys.path.append(str(folder()))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    terminalreporter.write_line(str(TALLY))


@pytest.fixture(scope="session")
def layout(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LayoutInFolder]:
    """Of an account that is served as the lab serves it; one for all, since every test leaves it empty."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        layout = LayoutInFolder(proxy_port=probe.getsockname()[1], folder=tmp_path_factory.mktemp("account"))
    account = Account(layout.cloud, FakeHands(), Settings(node_boot_seconds=0), Signatures(dict([KEY])))
    server = _Server(account, layout)
    server.start()
    try:
        server.wait_until_it_answers()
        yield layout
    finally:
        server.stop()
    assert account.left() == {}


@pytest.fixture(scope="session")
def sdk(layout: LayoutInFolder) -> Iterator[Open]:
    """Opens the SDK of a product."""

    def open_sdk(name: str, key: Sequence[str] = KEY) -> Vendor:
        return Vendor(name, f"http://127.0.0.1:{layout.proxy_port}", str(layout.ca_certificate), key, TALLY)

    yield open_sdk
    hang_up()


class _Server(threading.Thread):
    def __init__(self, account: Account, layout: LayoutInFolder) -> None:
        super().__init__()
        self._account = account
        self._layout = layout
        self._loop = asyncio.new_event_loop()
        self._serving: asyncio.Task[None] | None = None

    def run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner, contextlib.suppress(asyncio.CancelledError):
            runner.run(self._serve())

    def wait_until_it_answers(self) -> None:
        while True:
            try:
                socket.create_connection(("127.0.0.1", self._layout.proxy_port)).close()
                return
            except ConnectionRefusedError:
                assert self.is_alive()

    def stop(self) -> None:
        if self._serving:
            self._loop.call_soon_threadsafe(self._serving.cancel)
        self.join()

    async def _serve(self) -> None:
        self._serving = asyncio.current_task()
        await serve(self._account, self._layout)
