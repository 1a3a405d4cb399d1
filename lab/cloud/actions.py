"""Actions that many RPC products have alike: change some fields of an object, delete it, tag it."""

from collections.abc import Callable, Mapping
from typing import Any

from lab.cloud.document import Document
from lab.cloud.errors import ApiError
from lab.cloud.rpc import Handler, RpcRequest
from lab.cloud.store import Collection


def modify(collection: Collection[Any], key: str, *allowed: str) -> Handler:
    """An action that sets some fields (wire names) of one object; key: the parameter with its id."""

    def modify(request: RpcRequest) -> Mapping[str, Any]:
        identity = request.need(key)
        collection.put(identity, collection.get(identity).changed(request.parameters, *allowed))
        return {}

    return modify


def delete(remove: Callable[[str], None], key: str) -> Handler:
    """An action that removes one object; key: the parameter with its id."""

    def handler(request: RpcRequest) -> Mapping[str, Any]:
        remove(request.need(key))
        return {}

    return handler


class Tagged:
    """Tags of the objects of several collections: the Taggable of a product."""

    def __init__(self, collections: list[Collection[Any]]) -> None:
        self._collections = collections

    def tags(self, identity: str) -> dict[str, str]:
        document: Document = self._owner(identity).get(identity)
        return document.resource_tags

    def set_tags(self, identity: str, tags: Mapping[str, str]) -> None:
        self._owner(identity).change(identity, resource_tags=dict(tags))

    def _owner(self, identity: str) -> Collection[Any]:
        for collection in self._collections:
            if collection.find(identity) is not None:
                return collection
        raise ApiError("InvalidResourceId.NotFound", f"there is nothing with the id {identity!r} to tag", 404)
