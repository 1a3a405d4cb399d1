"""Between what the engine sends (protobuf structs with secret and unknown markers) and Kubernetes objects."""

from collections.abc import Mapping
from typing import Any

from google.protobuf import json_format, struct_pb2

Object = dict[str, Any]  # a Kubernetes object, or a part of one

# Markers of the engine's wire format: pulumi/sdk, go/common/resource/plugin/rpc.go and resource/sig.
_SIGNATURE = "4dabf18193072939515e22adb298388d"
_SECRET = "1b47061264138c4ac30d75fd1eb44270"
_UNKNOWN = frozenset(
    {
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",  # bool
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",  # number
        "04da6b54-80e4-46f7-96ec-b56ff0331ba9",  # string
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",  # array
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",  # object
    }
)


def load(struct: struct_pb2.Struct) -> Object:
    """Plain values, secrets still marked. Whole numbers are ints again: the API server refuses `replicas: 1.0`."""
    tree: Object = _integers(json_format.MessageToDict(struct))
    return tree


def dump(tree: Mapping[str, Any]) -> struct_pb2.Struct:
    struct = struct_pb2.Struct()
    struct.update(tree)
    return struct


def reveal(tree: Any) -> Any:
    """The same tree with secrets in the clear."""
    if is_secret(tree):
        return reveal(tree.get("value"))
    if isinstance(tree, dict):
        return {key: reveal(value) for key, value in tree.items()}
    if isinstance(tree, list):
        return [reveal(value) for value in tree]
    return tree


def hide(outputs: Object, inputs: Mapping[str, Any]) -> Object:
    """Outputs with everything marked secret that is secret in the inputs.

    A list with a secret anywhere becomes secret as a whole: the server may have reordered it.
    """
    hidden = dict(outputs)
    for key in outputs.keys() & inputs.keys():
        value, given = outputs[key], inputs[key]
        if isinstance(value, dict) and isinstance(given, dict) and not is_secret(given):
            hidden[key] = hide(value, given)
        elif _has_secret(given):
            hidden[key] = secret(value)
    return hidden


def secret(value: Any) -> Object:
    return {_SIGNATURE: _SECRET, "value": value}


def is_secret(value: Any) -> bool:
    return isinstance(value, dict) and value.get(_SIGNATURE) == _SECRET


def has_unknown(tree: Any) -> bool:
    """Whether anything in the tree is decided only during the update."""
    if isinstance(tree, dict):
        return any(map(has_unknown, tree.values()))
    if isinstance(tree, list):
        return any(map(has_unknown, tree))
    return isinstance(tree, str) and tree in _UNKNOWN


def _has_secret(tree: Any) -> bool:
    if isinstance(tree, dict):
        return is_secret(tree) or any(map(_has_secret, tree.values()))
    return isinstance(tree, list) and any(map(_has_secret, tree))


def _integers(tree: Any) -> Any:
    if isinstance(tree, dict):
        return {key: _integers(value) for key, value in tree.items()}
    if isinstance(tree, list):
        return [_integers(value) for value in tree]
    return int(tree) if isinstance(tree, float) and tree.is_integer() else tree
