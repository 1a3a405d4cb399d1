import asyncio
import socket
from collections.abc import Iterator
from contextlib import suppress

import pytest

from lab.cluster.forwarder import forward
from lab.ports import PortInUseError, require_free


@pytest.fixture
def busy_port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


async def make_socket() -> socket.socket:
    made = socket.socket()
    made.setblocking(False)
    return made


def test_a_port_in_use_is_named_with_what_to_do(busy_port: int) -> None:
    with pytest.raises(PortInUseError) as caught:
        require_free({busy_port: "LAB_API_PORT"})

    assert caught.value.port == busy_port
    assert f"port {busy_port} on 127.0.0.1 is in use" in str(caught.value)
    assert "LAB_API_PORT=" in str(caught.value)


def test_ports_that_are_free_stay_free() -> None:
    port = free_port()

    require_free({port: "LAB_API_PORT"})
    require_free({port: "LAB_API_PORT"})


async def _converse(target: int) -> bytes:
    """Send through a forwarder, close the sending half, and read until the other side closes."""
    port = free_port()
    forwarding = asyncio.create_task(forward(port, target, make_socket))
    # The forwarder listens as soon as its task has run up to its first wait.
    await asyncio.sleep(0)
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"hello")
    writer.write_eof()
    received = await reader.read()
    writer.close()
    forwarding.cancel()
    with suppress(asyncio.CancelledError):
        await forwarding
    return received


def test_an_answer_comes_back_after_the_question_has_ended() -> None:
    async def shout(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write((await reader.read()).upper())
        writer.close()

    async def run() -> bytes:
        server = await asyncio.start_server(shout, "127.0.0.1", 0)
        async with server:
            return await _converse(server.sockets[0].getsockname()[1])

    assert asyncio.run(run()) == b"HELLO"


def test_a_client_sees_a_closed_connection_while_nobody_listens_inside() -> None:
    assert asyncio.run(_converse(free_port())) == b""
