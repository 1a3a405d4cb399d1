from collections.abc import Callable
from dataclasses import replace
from typing import Any

from components.knative import Knative, KnativeArgs
from components.manifests.knative_config import AlbIngress, Deployments
from tests.unit.components.samples import node_pool, provider
from tests.unit.conftest import Engine
from tests.unit.recorder import Recorded

PATCH = "kubernetes:core/v1:ConfigMapPatch"


def knative(**changes: Any) -> Callable[[], Knative]:
    def make() -> Knative:
        ingress, deployments = AlbIngress("knative-alb"), Deployments(1200)
        args = KnativeArgs("c1", provider(), ingress, "example.com", deployments, after=[node_pool("system")])
        return Knative("knative", replace(args, **changes))

    return make


def data(recorded: Recorded, config_map: str) -> dict[str, str]:
    (found,) = [one for one in recorded.all(PATCH) if one.inputs["metadata"]["name"] == config_map]
    return dict(found.inputs["data"])


def test_every_patch_repairs_keys_that_others_have_written(engine: Engine) -> None:
    patches = engine(knative()).all(PATCH)

    assert len(patches) == 5
    for patch in patches:
        assert patch.inputs["metadata"]["annotations"] == {"pulumi.com/patchForce": "true"}
        assert patch.inputs["metadata"]["namespace"] == "knative-serving"
        assert patch.provider == "cluster"


def test_settings_come_after_the_addon_and_the_addon_after_the_nodes(engine: Engine) -> None:
    recorded = engine(knative())

    for patch in recorded.all(PATCH):
        assert {"knative-addon", "system"} <= recorded.waits_for(patch.name)


def test_a_service_that_waits_for_knative_waits_for_every_setting(engine: Engine) -> None:
    made: list[Knative] = []

    recorded = engine(lambda: made.append(knative()()))

    assert len(made[0].ready) == len(recorded.all(PATCH))


def test_the_addon_has_no_config_and_no_version_of_ours(engine: Engine) -> None:
    addon = engine(knative()).only("alicloud:cs/kubernetesAddon:KubernetesAddon")

    assert addon.inputs == {"clusterId": "c1", "name": "knative"}


def test_services_are_reached_through_our_own_alb(engine: Engine) -> None:
    network = data(engine(knative()), "config-network")

    assert network == {
        "ingress.class": "alb.ingress.networking.knative.dev",
        "albconfig": "knative-alb",
        "mesh-compatibility-mode": "disabled",
    }
