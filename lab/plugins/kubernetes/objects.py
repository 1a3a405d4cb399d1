"""What a Kubernetes object is called: ids, types, annotations that speak to the plugin."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .convert import Object

PREFIX = "pulumi.com/"


@dataclass(frozen=True)
class Type:
    """The type of a resource, from its token: `kubernetes:core/v1:Secret`, `kubernetes:batch/v1:Job`."""

    api_version: str
    kind: str

    @classmethod
    def of(cls, urn: str) -> "Type":
        """urn: `urn:pulumi:<stack>::<project>::<parent types>$<type>::<name>`."""
        _, api_version, kind = urn.split("::")[2].split("$")[-1].split(":")
        return cls(api_version.removeprefix("core/"), kind)

    def patches(self, kind: str) -> bool:
        """Whether a resource of this type changes fields of an object it does not own.

        The SDK's ConfigMapPatch sends `kind: ConfigMap`; only the type tells the two apart.
        """
        return self.kind == f"{kind}Patch"


def name_of(urn: str) -> str:
    return urn.split("::")[3]


def object_id(obj: Mapping[str, Any]) -> str:
    """`namespace/name`, or `name` where there is no namespace: the resource's id."""
    metadata = obj["metadata"]
    return f"{metadata['namespace']}/{metadata['name']}" if metadata.get("namespace") else str(metadata["name"])


def title(obj: Mapping[str, Any]) -> str:
    """For people: `Service sd/api`."""
    return f"{obj['kind']} {object_id(obj)}"


def bare(obj: Mapping[str, Any]) -> Object:
    """Only what identifies the object: applied alone, it gives all fields of a manager back."""
    metadata = {key: obj["metadata"][key] for key in ("name", "namespace") if obj["metadata"].get(key)}
    return {"apiVersion": obj["apiVersion"], "kind": obj["kind"], "metadata": metadata}


def annotation(obj: Mapping[str, Any], name: str) -> str:
    """The value of `pulumi.com/<name>`; "" if it is absent or not known yet."""
    metadata = obj.get("metadata")
    annotations = metadata.get("annotations") if isinstance(metadata, dict) else None
    value = annotations.get(PREFIX + name) if isinstance(annotations, dict) else None
    return value if isinstance(value, str) else ""


def is_set(obj: Mapping[str, Any], name: str) -> bool:
    """Whether `pulumi.com/<name>` is "true"."""
    return annotation(obj, name) == "true"
