"""Where a gateway is asked."""


def origin(address: str) -> str:
    """address with its scheme: host:port is plain HTTP, as the guide asks; an address of https:// stays as it is."""
    return address if "://" in address else f"http://{address}"
