"""The manifest of an ALB instance that a cluster owns."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pulumi

Manifest = dict[str, Any]

API_GROUP = "alibabacloud.com"
KIND = "AlbConfig"


@dataclass(frozen=True)
class AlbConfigSpec:
    """One ALB with one HTTP listener.

    address_type: Internet or Intranet; fixed at creation.
    idle_timeout_seconds, request_timeout_seconds: ALB's own defaults are 15 and 60; a cold start of a GPU pod takes
        minutes, and past the limit ALB answers 504. 600 is its highest.
    """

    name: str
    vswitch_ids: Sequence[pulumi.Input[str]]
    address_type: str = "Internet"
    edition: str = "Standard"
    port: int = 80
    idle_timeout_seconds: int = 60
    request_timeout_seconds: int = 600


def alb_config(spec: AlbConfigSpec) -> Manifest:
    """The AlbConfig. Its schema keeps unknown fields, so a misspelt one is silently without effect."""
    return {
        "apiVersion": f"{API_GROUP}/v1",
        "kind": KIND,
        "metadata": {"name": spec.name},
        "spec": {
            "config": {
                "name": spec.name,
                "addressType": spec.address_type,
                "edition": spec.edition,
                "zoneMappings": [{"vSwitchId": vswitch_id} for vswitch_id in spec.vswitch_ids],
            },
            "listeners": [
                {
                    "port": spec.port,
                    "protocol": "HTTP",
                    "idleTimeout": spec.idle_timeout_seconds,
                    "requestTimeout": spec.request_timeout_seconds,
                }
            ],
        },
    }
