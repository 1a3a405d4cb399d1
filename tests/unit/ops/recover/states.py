"""Exported states and plans, as short as they can be."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from tests.unit.ops.plan.samples import CLUSTER, POOL, SWITCH, UNKNOWN, VPC, created, urn
from tests.unit.ops.plan.samples import state as sample

NAT = "alicloud:vpc/natGateway:NatGateway"
ADDRESS = "alicloud:ecs/eipAddress:EipAddress"
BOUND = "alicloud:ecs/eipAssociation:EipAssociation"
PROVIDER = urn("pulumi:providers:alicloud", "default")
TAGS = {"project": "sd", "stack": "dev", "managed-by": "pulumi"}

__all__ = ["ADDRESS", "BOUND", "CLUSTER", "NAT", "POOL", "SWITCH", "TAGS", "UNKNOWN", "VPC", "created", "export", "urn"]


def wanted(type_: str, name: str, inputs: Mapping[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """As a plan has it: with a provider of another id than the state's."""
    return sample(type_, name, inputs, provider=f"{PROVIDER}::plan", **more)


def held(type_: str, name: str, identity: str, inputs: Mapping[str, Any] | None = None) -> dict[str, Any]:
    return {**wanted(type_, name, inputs), "id": identity, "outputs": {}}


def export(
    *resources: Mapping[str, Any],
    creating: Sequence[Mapping[str, Any]] = (),
    changing: Sequence[Mapping[str, Any]] = (),
    regions: Sequence[str] = ("cn-shanghai",),
) -> str:
    """creating, changing: what an engine died at."""
    providers = [
        {"urn": PROVIDER, "type": "pulumi:providers:alicloud", "custom": True, "id": "7", "inputs": {"region": one}}
        for one in regions
    ]
    operations = [{"type": "creating", "resource": one} for one in creating]
    operations += [{"type": "deleting", "resource": one} for one in changing]
    deployment = {"manifest": {}, "resources": [*providers, *resources], "pending_operations": operations}
    return json.dumps({"version": 3, "deployment": deployment})
