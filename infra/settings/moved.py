"""Keys that people look for in vain, because they stood there once or stand there elsewhere, and what to do instead."""

from collections.abc import Sequence

_MOVED = {
    ("cluster", "deletionProtection"): "it protects more than the cluster now: write deletionProtection at the top",
    ("cluster", "publicApi"): "write cluster.apiServer: {public: true} or {public: false}",
    ("cluster", "apiServer", "allowCidrs"): "remove it: no argument of the provider sets an access list of the API "
    "server; make one on the API server's load balancer, or take public: false",
}


def moved(place: Sequence[str | int]) -> str:
    """What to do about an unknown key at that place; empty if nothing special is known of it."""
    return _MOVED.get(tuple(map(str, place)), "")
