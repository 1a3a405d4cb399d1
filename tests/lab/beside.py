"""More labs than one at a time."""

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
    """Each once, and none that the kernel gives to whoever asks for any: until a lab uses its own, minutes may pass."""
    yield from (port for port in range(10_000, 16_000) if not taken({port: ""}))


_FREE = _free()
