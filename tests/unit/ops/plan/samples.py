"""Plans as `pulumi preview --json` prints them, as short as they can be."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

VPC = "alicloud:vpc/network:Network"
SWITCH = "alicloud:vpc/switch:Switch"
POOL = "alicloud:cs/nodePool:NodePool"
CLUSTER = "alicloud:cs/managedKubernetes:ManagedKubernetes"
SERVICE = "kubernetes:serving.knative.dev/v1:Service"
ALB = "kubernetes:alibabacloud.com/v1:AlbConfig"
KUBERNETES = "pulumi:providers:kubernetes"
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"


def urn(type_: str, name: str) -> str:
    return f"urn:pulumi:dev::project::{type_}::{name}"


def state(type_: str, name: str, inputs: Mapping[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """more: propertyDependencies, provider, aliases, custom."""
    return {"urn": urn(type_, name), "type": type_, "custom": True, "inputs": inputs or {}, **more}


def created(*states: Mapping[str, Any], config: Mapping[str, str] | None = None) -> str:
    """A preview of a new stack."""
    return document([{"op": "create", "urn": one["urn"], "newState": one} for one in states], config=config)


def document(
    steps: Sequence[Mapping[str, Any]],
    config: Mapping[str, str] | None = None,
    diagnostics: Sequence[Mapping[str, str]] = (),
) -> str:
    return json.dumps({"config": config or {}, "steps": steps, "diagnostics": diagnostics})


def switch(name: str, cidr: str) -> dict[str, Any]:
    """A vSwitch in the VPC named vpc."""
    inputs = {"cidrBlock": cidr, "vpcId": UNKNOWN}
    return state(SWITCH, name, inputs, propertyDependencies={"vpcId": [urn(VPC, "vpc")]})


def pool(
    name: str, types: Sequence[str] = ("ecs.gn7i-c8g1.2xlarge",), sizes: tuple[int, int] = (0, 2), **more: Any
) -> dict[str, Any]:
    """A GPU pool of fewest and most nodes."""
    scaling = {"minSize": sizes[0], "maxSize": sizes[1], "type": "gpu"}
    return state(POOL, name, {"instanceTypes": list(types), "scalingConfig": scaling, **more})


def service(name: str, annotations: Mapping[str, str] | None = None, **container: Any) -> dict[str, Any]:
    """A Knative Service that runs on GPU nodes, right in every respect unless container says otherwise."""
    right = {"name": name, "image": "r.example.com/sd@sha256:1", "resources": {"limits": {"nvidia.com/gpu": "1"}}}
    pod = {
        "containers": [{**right, **container}],
        "tolerations": [{"key": "nvidia.com/gpu", "operator": "Exists"}],
        "nodeSelector": {"gpu": "true"},
    }
    template = {"metadata": {"annotations": dict(annotations or {})}, "spec": pod}
    return state(SERVICE, name, {"metadata": {"name": name}, "spec": {"template": template}})
