"""More labs than one at a time."""

import os
from collections.abc import Iterator
from dataclasses import replace

from lab.layout import Layout
from lab.ports import taken


def beside(layout: Layout, name: str) -> Layout:
    """A lab of its own that the first one does not get in the way of, at ports that are free now."""
    api, gateway, https, proxy = (next(_FREE) for _ in layout.ports)
    return replace(
        layout,
        name=f"{layout.name}-{name}",
        api_port=api,
        gateway_port=gateway,
        https_port=https,
        proxy_port=proxy,
    )


def _free() -> Iterator[int]:
    """Each once, and none that the kernel gives to whoever asks for any: until a lab uses its own, minutes may pass.

    Where they begin differs between processes, for others may run tests at the same time.
    """
    for place in range(6_000):
        port = 10_000 + (os.getpid() * 16 + place) % 6_000
        if not taken({port: ""}):
            yield port


_FREE = _free()
