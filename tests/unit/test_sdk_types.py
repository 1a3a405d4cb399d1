"""The type check finds what the SDK lets through."""

from collections.abc import Callable
from typing import Any

import pulumi
import pulumi_alicloud as alicloud
import pulumi_kubernetes as kubernetes
import pytest

from tests.unit.conftest import Engine
from tests.unit.sdk_types import mistakes

Build = Callable[[], object]


def pool(**arguments: Any) -> Build:
    return lambda: alicloud.cs.NodePool("pool", cluster_id="c1", **arguments)


def knative_service(metadata: Any) -> Build:
    return lambda: kubernetes.apiextensions.CustomResource(
        "service", api_version="serving.knative.dev/v1", kind="Service", metadata=metadata, spec={"template": {}}
    )


def untyped(typ: str, inputs: dict[str, Any]) -> Build:
    return lambda: pulumi.CustomResource(typ, "thing", inputs)


WRONG: dict[str, tuple[Build, str]] = {
    "text for a list": (pool(vswitch_ids="vsw-1"), "vswitchIds: wants a list"),
    "text for a number": (pool(system_disk_size="big"), "systemDiskSize: wants int"),
    "fraction for a whole number": (pool(system_disk_size=1.5), "systemDiskSize: wants int"),
    "number in a list of text": (pool(vswitch_ids=[1]), "vswitchIds[0]: wants str"),
    "number for text": (pool(desired_size=3), "desiredSize: wants str"),
    "text for a boolean, nested": (pool(scaling_config={"enable": "yes"}), "scalingConfig.enable: wants bool"),
    "unknown key, nested": (pool(scaling_config={"enabel": True}), "scalingConfig.enabel: no property"),
    "missing key, nested": (pool(taints=[{"value": "true"}]), "taints[0].key: required"),
    "unknown property": (untyped("alicloud:vpc/network:Network", {"cidr": "10.0.0.0/8"}), "cidr: no property"),
    "missing property": (untyped("alicloud:cs/nodePool:NodePool", {}), "clusterId: required"),
    "unknown type": (untyped("alicloud:cs/nodePole:NodePole", {}), "has no class in the SDK"),
    "number in metadata": (knative_service({"name": 1}), "metadata.name: wants str"),
    "unknown key of metadata": (knative_service({"nmae": "a"}), "metadata.nmae: no property"),
}


@pytest.mark.parametrize("case", WRONG.values(), ids=WRONG.keys())
def test_a_wrong_input_is_found(engine: Engine, case: tuple[Build, str]) -> None:
    build, expected = case

    (registration,) = engine(build).registrations

    found = mistakes(registration)
    assert len(found) == 1, found
    assert expected in found[0]


RIGHT: dict[str, Build] = {
    "lists, numbers, nested objects": pool(
        vswitch_ids=["vsw-1"],
        system_disk_size=120,
        desired_size="3",
        scaling_config=alicloud.cs.NodePoolScalingConfigArgs(enable=True, min_size=0),
        taints=[{"key": "a", "effect": "NoSchedule"}],
    ),
    "a kind without a class": knative_service({"name": "a", "annotations": {"b": "c"}}),
    "a class whose Args name is taken by another": lambda: alicloud.cs.KubernetesAddon("a", cluster_id="c", name="b"),
    "a provider": lambda: kubernetes.Provider("k", kubeconfig="x"),
}


@pytest.mark.parametrize("build", RIGHT.values(), ids=RIGHT.keys())
def test_a_right_input_is_not_complained_about(engine: Engine, build: Build) -> None:
    (registration,) = engine(build).registrations

    assert mistakes(registration) == []
