"""Ports of the host's loopback: whether the lab can have them."""

import errno
import socket
from collections.abc import Mapping

LOOPBACK = "127.0.0.1"


class PortInUseError(RuntimeError):
    """Someone else listens on a port that the lab needs on the host's loopback."""

    def __init__(self, port: int, variable: str):
        super().__init__(
            f"port {port} on {LOOPBACK} is in use. Stop what listens there (`ss -ltnp sport = :{port}` names it), "
            f"or give the lab another port: {variable}=<a free port>"
        )
        self.port = port


def listener(port: int) -> socket.socket:
    """A socket that listens on the port; OSError where someone else does."""
    made = socket.socket()
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((LOOPBACK, port))
        made.listen()
    except OSError:
        made.close()
        raise
    return made


def taken(ports: Mapping[int, str]) -> dict[int, str]:
    """Those that are not free; ports come with the variable that sets them."""
    return {port: variable for port, variable in ports.items() if _is_taken(port)}


def require_free(ports: Mapping[int, str]) -> None:
    """PortInUseError for the first port that is not free; ports come with the variable that sets them."""
    for port, variable in taken(ports).items():
        raise PortInUseError(port, variable)


def _is_taken(port: int) -> bool:
    try:
        listener(port).close()
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        return True
    return False
