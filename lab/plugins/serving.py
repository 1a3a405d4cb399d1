"""How a Pulumi plugin written in Python listens and talks back to the engine."""

import os
import signal
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc

# An engine that was killed cannot end its plugins: they look for it themselves, this often.
_PARENT_SECONDS = 1.0
# Pulumi's own limit: a resource's properties may carry whole files.
_MESSAGE_BYTES = 400 << 20
_OPTIONS = [
    ("grpc.max_receive_message_length", _MESSAGE_BYTES),
    ("grpc.max_send_message_length", _MESSAGE_BYTES),
    # Engine and plugins meet on loopback; gRPC would send even that through an http_proxy of the shell.
    ("grpc.enable_http_proxy", 0),
]


def start(register: Callable[[Any], None], workers: int) -> tuple[Any, int]:
    """A started gRPC server on a free loopback port, and that port; `register` adds the servicer."""
    server = grpc.server(ThreadPoolExecutor(workers), options=_OPTIONS)
    register(server)
    port: int = server.add_insecure_port("127.0.0.1:0")
    server.start()
    return server, port


def serve(register: Callable[[Any], None], workers: int = 64) -> None:
    """Serve until SIGINT or SIGTERM, at which it ends at once: the engine waits 5 s for a plugin that does not.

    It ends too when the process that started it is gone.

    The port goes to stdout as the first line; the engine reads it from there. workers: calls at the same time,
    each of which may wait minutes for an object to become ready.
    """
    ended, parent = threading.Event(), os.getppid()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    server, port = start(register, workers)
    print(port, flush=True)
    while os.getppid() == parent and not ended.wait(_PARENT_SECONDS):
        pass
    server.stop(grace=0.2)


def channel(address: str) -> Any:
    """A connection to the engine or to another plugin."""
    return grpc.insecure_channel(address, options=_OPTIONS)


def engine_address(arguments: Sequence[str]) -> str:
    """The engine's address among a plugin's arguments: the last one that is not a flag; "" if there is none."""
    return next((argument for argument in reversed(arguments) if not argument.startswith("-")), "")
