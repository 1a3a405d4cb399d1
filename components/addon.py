"""What every ACK addon of this program has in common."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pulumi
import pulumi_alicloud as alicloud


def addon(
    resource_name: str,
    cluster_id: pulumi.Input[str],
    addon_name: str,
    *,
    after: Sequence[pulumi.Resource],
    parent: pulumi.Resource,
    config: Mapping[str, Any] | None = None,
    cleanup_cloud_resources: bool = False,
) -> alicloud.cs.KubernetesAddon:
    """Install an addon, or adopt it where ACK has put it already.

    The version is left to ACK. A destroy only forgets the addon: the provider never uninstalls one, so nothing may
    rely on it to clean up; the addon goes with its cluster.
    cleanup_cloud_resources: whether an uninstallation takes along what the addon made; of ack-virtual-node alone.
    """
    return alicloud.cs.KubernetesAddon(
        resource_name,
        cluster_id=cluster_id,
        name=addon_name,
        config=None if config is None else compact_json(config),
        # Unset rather than false: the provider takes them for the same, and reads none back.
        cleanup_cloud_resources=cleanup_cloud_resources or None,
        opts=pulumi.ResourceOptions(parent=parent, depends_on=list(after)),
    )


def compact_json(value: Mapping[str, Any]) -> str:
    """As the provider writes it when it reads an addon back; any other spelling shows a change at every preview."""
    return json.dumps(value, separators=(",", ":"), sort_keys=True)
