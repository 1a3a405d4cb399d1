"""A Kubernetes object of a kind without an SDK class, whose status the program reads."""

from collections.abc import Mapping
from typing import Any

import pulumi


class LiveObject(pulumi.CustomResource):
    """Like apiextensions.CustomResource, which has no attribute for the status.

    status is unknown in a preview that creates or changes the object.
    """

    status: pulumi.Output[Any]

    def __init__(self, name: str, manifest: Mapping[str, Any], opts: pulumi.ResourceOptions):
        inputs = {key: manifest[key] for key in ("apiVersion", "kind", "metadata", "spec")}
        # An input without a value makes the SDK resolve the output of that name.
        super().__init__(
            f"kubernetes:{manifest['apiVersion']}:{manifest['kind']}", name, {**inputs, "status": None}, opts
        )


def waiting_for(manifest: Mapping[str, Any], condition: str) -> dict[str, Any]:
    """The manifest with the annotation that makes `up` wait; condition as in pulumi.com/waitFor."""
    metadata = manifest["metadata"]
    annotations = {**metadata.get("annotations", {}), "pulumi.com/waitFor": condition}
    return {**manifest, "metadata": {**metadata, "annotations": annotations}}
