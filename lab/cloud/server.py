"""Serve the account: TLS on a Unix socket, with the proxy in front of it on the loopback."""

import asyncio
import contextlib
from collections.abc import Iterator

import uvicorn

from lab.cloud.account import Account
from lab.cloud.certs import certificates
from lab.cloud.proxy import HEAD_LIMIT, tunnel_to
from lab.layout import Layout
from lab.ports import LOOPBACK, PortInUseError

STARTUP_POLL_SECONDS = 0.01


async def serve(account: Account, layout: Layout) -> None:
    """Until cancelled. The port answers once everything behind it does. Raises PortInUseError."""
    socket = layout.run / "cloud.sock"
    layout.run.mkdir(parents=True, exist_ok=True)
    files = certificates(layout.cloud, layout.ca_certificate)
    try:
        proxy = await asyncio.start_server(
            tunnel_to(socket), LOOPBACK, layout.proxy_port, limit=HEAD_LIMIT, start_serving=False
        )
    except OSError as error:
        raise PortInUseError(layout.proxy_port, layout.ports[layout.proxy_port]) from error
    config = uvicorn.Config(
        account.app,
        uds=str(socket),
        ssl_certfile=str(files.certificate),
        ssl_keyfile=str(files.key),
        log_level="warning",
        access_log=False,
        # Longer than clients keep theirs: whoever closes an idle connection first breaks the call that is just coming.
        timeout_keep_alive=120,
        # Keep-alive connections of a provider that is still there must not hold up the end.
        timeout_graceful_shutdown=2,
    )
    server = _Server(config)
    inner = asyncio.create_task(server.serve())
    account.start()
    try:
        while not server.started and not inner.done():
            await asyncio.sleep(STARTUP_POLL_SECONDS)
        await proxy.start_serving()
        # Shielded: a cancellation must not cut the server off before it has let go of its socket.
        await asyncio.shield(inner)
    finally:
        proxy.close()
        server.should_exit = True
        await asyncio.gather(inner, return_exceptions=True)
        account.stop()
        socket.unlink(missing_ok=True)


class _Server(uvicorn.Server):
    """Leaves signals to whoever started it: the lab serves more than this in one process."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield
