"""More labs than one at a time."""

import socket
from contextlib import ExitStack
from dataclasses import replace

from lab.layout import Layout


def beside(layout: Layout, name: str) -> Layout:
    """A lab of its own that the first one does not get in the way of, at ports that are free now."""
    with ExitStack() as sockets:
        free = [sockets.enter_context(socket.socket()) for _ in layout.ports]
        for one in free:
            one.bind(("127.0.0.1", 0))
        api, gateway, https, proxy = (one.getsockname()[1] for one in free)
    return replace(
        layout,
        name=f"{layout.name}-{name}",
        api_port=api,
        gateway_port=gateway,
        https_port=https,
        proxy_port=proxy,
    )
