"""A forward proxy that leads *.aliyuncs.com to the emulated account, and nothing anywhere else.

The provider needs no endpoint settings then, host names with the user's own label work, and no call can reach the
real cloud.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path

EMULATED = ".aliyuncs.com"
TLS_PORT = 443
HEAD_LIMIT = 16 * 1024
CHUNK = 64 * 1024

log = logging.getLogger(__name__)

Connection = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def tunnel_to(socket: Path) -> Connection:
    """For asyncio.start_server: bytes of every allowed CONNECT go to the TLS server at this Unix socket, untouched."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            refused = await _refusal(reader)
            if refused:
                log.warning("refused: %s", refused.partition(b"\r\n")[0].decode(errors="replace"))
                writer.write(refused)
                await writer.drain()
                return
            inner_reader, inner_writer = await asyncio.open_unix_connection(socket)
            writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            await asyncio.gather(_pump(reader, inner_writer), _pump(inner_reader, writer))
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            # Whoever hung up knows; there is nobody to tell.
            return
        finally:
            writer.close()

    return serve


async def _refusal(reader: asyncio.StreamReader) -> bytes | None:
    """None if the request may pass."""
    head = await reader.readuntil(b"\r\n\r\n")
    method, _, rest = head.split(b"\r\n", 1)[0].decode("latin-1").partition(" ")
    target = rest.partition(" ")[0]
    if method != "CONNECT":
        return _response(405, f"{method} {target}: the lab's proxy only takes CONNECT to *{EMULATED}:{TLS_PORT}")
    host, _, port = target.rpartition(":")
    if host.lower().endswith(EMULATED) and port == str(TLS_PORT):
        return None
    return _response(
        403,
        f"CONNECT {target}: the lab's proxy leads to the emulated Alibaba Cloud account only (*{EMULATED}:{TLS_PORT}); "
        "add the host to NO_PROXY, or do not set HTTPS_PROXY for this command",
    )


def _response(status: int, reason: str) -> bytes:
    body = reason.encode() + b"\n"
    head = f"HTTP/1.1 {status} {reason}\r\ncontent-type: text/plain\r\ncontent-length: {len(body)}\r\n\r\n"
    return head.encode() + body


async def _pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    """Until the source ends; then the sink is told so, and may still answer."""
    with contextlib.suppress(ConnectionError):
        while chunk := await source.read(CHUNK):
            sink.write(chunk)
            await sink.drain()
    with contextlib.suppress(OSError):
        sink.write_eof()
