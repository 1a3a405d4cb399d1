"""Changing one value somewhere in a tree of mappings, as stack files are."""

from collections.abc import Sequence
from typing import Any


def put(tree: dict[str, Any], path: Sequence[str], value: object) -> None:
    """Sets what stands at the path, with the mappings on the way there; None removes it."""
    *parents, last = path
    place = tree
    for parent in parents:
        place = place.setdefault(parent, {})
    if value is None:
        del place[last]
    else:
        place[last] = value
