"""Small backends, ports to put something on, and patience."""

import os
import socket
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Pod:
    """A backend that says its name, and what it was asked; while `busy`, it does not answer."""

    def __init__(self, name: str):
        self.free = threading.Event()
        self.free.set()
        pod = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                pod.free.wait(10)
                if self.headers.get("Upgrade"):
                    self._echo()
                    return
                self.send_response(200)
                self.send_header("X-Pod", name)
                self.send_header("X-Asked-Host", self.headers["Host"])
                self.send_header("X-Asked-Hash", self.headers.get("K-Network-Hash", ""))
                self.send_header("Content-Length", "0")
                self.end_headers()

            def _echo(self) -> None:
                self.send_response(101)
                self.send_header("Connection", "Upgrade")
                self.send_header("Upgrade", "websocket")
                self.end_headers()
                self.wfile.write(self.rfile.read(4))
                self.close_connection = True

            def log_message(self, format: str, *args: Any) -> None: ...

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.port: int = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def close(self) -> None:
        self.free.set()
        self._server.shutdown()
        self._server.server_close()


def free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports: list[int] = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


def becomes(condition: Callable[[], bool], seconds: float = 20) -> bool:
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        os.sched_yield()
    return condition()
