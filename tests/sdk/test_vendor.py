"""The comparison itself: what the SDK's model loses or misreads of an answer is found."""

from typing import Any

import pytest

from tests.sdk.vendor import faults_of


class Tag:
    """As the SDKs' generated models are, but for what only type checkers read."""

    def __init__(self, key: Any = None) -> None:
        self.key = key

    __init__.__annotations__.update({"key": "str"})

    def to_map(self) -> dict[str, Any]:
        return {} if self.key is None else {"Key": self.key}


class Network:
    def __init__(self, size: Any = None, shared: Any = None, tags: Any = None) -> None:
        self.size, self.shared, self.tags = size, shared, tags

    __init__.__annotations__.update({"size": "int", "shared": "bool", "tags": "List[Tag]"})

    def to_map(self) -> dict[str, Any]:
        scalars = {"Size": self.size, "Shared": self.shared}
        shown = {name: value for name, value in scalars.items() if value is not None}
        return {**shown, "Tags": [tag.to_map() for tag in self.tags or []]}


@pytest.mark.parametrize(
    ("model", "raw", "faults"),
    [
        (Network(2, True, [Tag("a")]), {"Size": 2, "Shared": True, "Tags": [{"Key": "a"}]}, []),
        (Network("2"), {"Size": "2"}, ["int is declared, '2' came, for .Size"]),
        (Network(True), {"Size": True}, ["int is declared, True came, for .Size"]),
        (Network(), {"size": 2}, ["the SDK does not know .size"]),
        (Network(tags=[Tag()]), {"Tags": [{"Kye": "a"}]}, ["the SDK does not know .Tags[0].Kye"]),
    ],
)
def test_what_the_sdk_loses_or_misreads_is_named(model: Network, raw: dict[str, Any], faults: list[str]) -> None:
    assert list(faults_of(model, raw)) == faults
