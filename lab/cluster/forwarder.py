"""From the host's loopback into the network namespace: for kubectl, Pulumi and browsers, which run outside.

`python -m lab.cluster.forwarder NAMESPACE LISTEN:TARGET…` (pairs of ports) runs until it is stopped. A socket belongs
to the namespace of the thread that makes it: one thread makes those that connect inside, and the event loop stays
outside. The namespace may come and go.
"""

import asyncio
import ctypes
import os
import socket
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import typer

from lab.ports import LOOPBACK, listener

CLONE_NEWNET = 0x40000000
CONNECT_SECONDS = 5
CHUNK_BYTES = 65536

MakeSocket = Callable[[], Awaitable[socket.socket]]


async def forward(port: int, target: int, make_socket: MakeSocket) -> None:
    """Accept on the host's `port`; connect to `target` on the loopback of the namespace of `make_socket`'s sockets."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            inner_reader, inner_writer = await _connect(target, make_socket)
        except (OSError, TimeoutError):
            # Nobody is there (yet): the client sees a closed connection and may try again.
            writer.close()
            return
        await asyncio.gather(_pump(reader, inner_writer), _pump(inner_reader, writer))
        for end in (writer, inner_writer):
            end.close()

    server = await asyncio.start_server(serve, sock=listener(port))
    async with server:
        await server.serve_forever()


async def _connect(target: int, make_socket: MakeSocket) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    inner = await make_socket()
    try:
        connecting = asyncio.get_running_loop().sock_connect(inner, (LOOPBACK, target))
        await asyncio.wait_for(connecting, CONNECT_SECONDS)
    except (OSError, TimeoutError):
        inner.close()
        raise
    return await asyncio.open_connection(sock=inner)


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Copy one direction; its end is passed on, while the other direction may go on."""
    try:
        while data := await reader.read(CHUNK_BYTES):
            writer.write(data)
            await writer.drain()
        writer.write_eof()
    except OSError:
        writer.close()


def _socket_inside(namespace: Path) -> socket.socket:
    """To be called in a thread of its own, which stays inside."""
    handle = os.open(namespace, os.O_RDONLY)
    try:
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.setns(handle, CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), f"cannot enter {namespace}")
    finally:
        os.close(handle)
    made = socket.socket()
    made.setblocking(False)
    return made


async def _forward_all(namespace: Path, ports: Mapping[int, int]) -> None:
    inside = ThreadPoolExecutor(max_workers=1)

    async def make_socket() -> socket.socket:
        return await asyncio.get_running_loop().run_in_executor(inside, _socket_inside, namespace)

    await asyncio.gather(*(forward(port, target, make_socket) for port, target in ports.items()))


def main(namespace: Path, ports: list[str]) -> None:
    """Forward each LISTEN:TARGET pair of ports into the network namespace."""
    pairs = (pair.split(":") for pair in ports)
    asyncio.run(_forward_all(namespace, {int(listen): int(target) for listen, target in pairs}))


if __name__ == "__main__":
    typer.run(main)
