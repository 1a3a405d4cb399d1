from components.virtual_nodes import VirtualNodes, VirtualNodesArgs
from tests.unit.components.samples import node_pool, provider
from tests.unit.conftest import Engine
from tests.unit.recorder import Recorded
from tests.unit.sdk_types import mistakes

ADDON = "alicloud:cs/kubernetesAddon:KubernetesAddon"
PATCH = "kubernetes:core/v1:ConfigMapPatch"


def virtual_nodes() -> VirtualNodes:
    args = VirtualNodesArgs("c1", provider(), ["vsw-1", "vsw-2"], after=[node_pool("system")])
    return VirtualNodes("virtual-nodes", args)


def made(engine: Engine, *, preview: bool = False) -> Recorded:
    return engine(virtual_nodes, preview=preview)


def test_an_uninstallation_leaves_no_instance_behind_that_costs(engine: Engine) -> None:
    assert made(engine).only(ADDON).inputs == {
        "clusterId": "c1",
        "name": "ack-virtual-node",
        "cleanupCloudResources": True,
    }


def test_of_the_profile_the_vswitches_alone_are_ours(engine: Engine) -> None:
    patch = made(engine).only(PATCH)

    assert (patch.inputs["metadata"]["namespace"], patch.inputs["metadata"]["name"]) == ("kube-system", "eci-profile")
    assert patch.inputs["data"] == {"vswitchIds": "vsw-1,vsw-2"}
    assert patch.inputs["metadata"]["annotations"] == {"pulumi.com/patchForce": "true"}


def test_the_addon_makes_the_profile_that_is_patched(engine: Engine) -> None:
    recorded = made(engine)

    assert recorded.only(PATCH).dependencies >= {"virtual-nodes-addon"}
    assert "system" in recorded.waits_for("virtual-nodes-profile")
    assert recorded.only(PATCH).provider == "cluster"
    assert {recorded.only(kind).parent for kind in (ADDON, PATCH)} == {"virtual-nodes"}


def test_a_pod_that_waits_for_virtual_nodes_waits_for_all_of_it(engine: Engine) -> None:
    results: list[VirtualNodes] = []

    engine(lambda: results.append(virtual_nodes()))

    assert len(results[0].ready) == 2


def test_the_first_preview_shows_the_same_and_the_types_are_the_sdks(engine: Engine) -> None:
    for preview in (True, False):
        recorded = made(engine, preview=preview)

        cloud = [recorded.only(kind) for kind in (ADDON, PATCH)]
        assert [mistake for one in cloud for mistake in mistakes(one)] == []
