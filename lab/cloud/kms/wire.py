"""KMS 2016-01-20: actions on keys."""

import json
from collections.abc import Mapping
from typing import Any

from lab.cloud.actions import Tagged, delete, modify
from lab.cloud.kms.models import Key, Keys
from lab.cloud.pages import page
from lab.cloud.rpc import Handler, RpcProduct, RpcRequest
from lab.cloud.tags import as_tag_list, tag_actions


def kms_product(keys: Keys) -> RpcProduct:
    def create(request: RpcRequest) -> Mapping[str, Any]:
        key = keys.create(request.parameters, request.region)
        tags = {tag["TagKey"]: tag["TagValue"] for tag in json.loads(request.get("Tags") or "[]")}
        return _metadata(keys.keys.change(key.key_id, resource_tags=tags))

    def state(value: str) -> Handler:
        def change(request: RpcRequest) -> Mapping[str, Any]:
            keys.keys.change(request.need("KeyId"), key_state=value)
            return {}

        return change

    def protect(request: RpcRequest) -> Mapping[str, Any]:
        """By id as the provider asks, or by ARN as the API documents it."""
        wanted = request.get("EnableDeletionProtection").lower() == "true"
        identity = request.get("KeyId") or request.need("ProtectedResourceArn").rpartition("/")[2]
        keys.protect(identity, wanted, request.get("DeletionProtectionDescription"))
        return {}

    def rotate(request: RpcRequest) -> Mapping[str, Any]:
        keys.rotate(request.need("KeyId"), request.parameters)
        return {}

    def list_keys(request: RpcRequest) -> Mapping[str, Any]:
        rows, about = page(
            request.parameters, [{"KeyId": key.key_id, "KeyArn": key.arn} for key in keys.keys.all()], most=100
        )
        return {"Keys": {"Key": rows}, **about}

    def list_tags(request: RpcRequest) -> Mapping[str, Any]:
        return {"Tags": as_tag_list(keys.keys.get(request.need("KeyId")).resource_tags)}

    return RpcProduct(
        "kms",
        {
            "CreateKey": create,
            "DescribeKey": lambda request: _metadata(keys.keys.get(request.need("KeyId"))),
            "GetKeyPolicy": lambda request: {"Policy": keys.keys.get(request.need("KeyId")).policy},
            "SetKeyPolicy": modify(keys.keys, "KeyId", "Policy"),
            "EnableKey": state("Enabled"),
            "DisableKey": state("Disabled"),
            "UpdateKeyDescription": modify(keys.keys, "KeyId", "Description"),
            "UpdateRotationPolicy": rotate,
            "SetDeletionProtection": protect,
            "ScheduleKeyDeletion": delete(keys.schedule_deletion, "KeyId"),
            "ListKeys": list_keys,
            "ListResourceTags": list_tags,
            **tag_actions(Tagged([keys.keys])),
        },
    )


def _metadata(key: Key) -> dict[str, Any]:
    shown = key.shown()
    return {"KeyMetadata": {name: value for name, value in shown.items() if name != "Policy"}}
