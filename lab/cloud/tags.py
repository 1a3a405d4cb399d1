"""Tags of RPC products: how they are asked for, set and shown."""

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from lab.cloud.pages import after_token
from lab.cloud.rpc import Handler, RpcRequest


class Taggable(Protocol):
    """Objects of a product that carry tags, by id."""

    def tags(self, identity: str) -> dict[str, str]: ...

    def set_tags(self, identity: str, tags: Mapping[str, str]) -> None: ...


def as_tag_list(tags: Mapping[str, str]) -> dict[str, Any]:
    """As Describe… actions show them; both spellings because the products differ."""
    return {"Tag": [{"Key": key, "Value": value, "TagKey": key, "TagValue": value} for key, value in tags.items()]}


def tag_actions(objects: Taggable) -> dict[str, Handler]:
    """TagResources, UnTagResources and ListTagResources of one product."""

    def tag(request: RpcRequest) -> dict[str, Any]:
        for identity in request.listed("ResourceId"):
            objects.set_tags(identity, {**objects.tags(identity), **request.tags()})
        return {}

    def untag(request: RpcRequest) -> dict[str, Any]:
        gone = set(request.listed("TagKey"))
        everything = request.get("All") == "true"
        for identity in request.listed("ResourceId"):
            kept = {k: v for k, v in objects.tags(identity).items() if k not in gone and not everything}
            objects.set_tags(identity, kept)
        return {}

    def list_tags(request: RpcRequest) -> dict[str, Any]:
        found = [row for i in request.listed("ResourceId") for row in _rows(i, request, objects.tags(i).items())]
        rows, following = after_token(request, found)
        return {"TagResources": {"TagResource": rows}, "NextToken": following}

    return {"TagResources": tag, "UnTagResources": untag, "UntagResources": untag, "ListTagResources": list_tags}


def _rows(identity: str, request: RpcRequest, tags: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    kind = request.get("ResourceType")
    return [{"ResourceId": identity, "ResourceType": kind, "TagKey": key, "TagValue": value} for key, value in tags]
