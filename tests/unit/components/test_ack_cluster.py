from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pulumi
import pytest

from components.ack_cluster import AckCluster, FlannelPods
from tests.unit.cloud_answers import KUBECONFIG
from tests.unit.components.samples import CLUSTER_ARGS, node_pool
from tests.unit.conftest import Engine

CLUSTER = "alicloud:cs/managedKubernetes:ManagedKubernetes"
POOL = "alicloud:cs/nodePool:NodePool"
PROVIDER = "pulumi:providers:kubernetes"


def cluster(**changes: Any) -> Callable[[], AckCluster]:
    return lambda: AckCluster("ack", replace(CLUSTER_ARGS, **changes))


def test_three_cpu_nodes_are_always_there_and_no_autoscaler_touches_them(engine: Engine) -> None:
    pool = engine(cluster()).only(POOL)

    assert pool.inputs["desiredSize"] == "3"
    assert "scalingConfig" not in pool.inputs
    assert "taints" not in pool.inputs


def test_the_kubeconfig_is_a_secret_wherever_it_goes(engine: Engine) -> None:
    recorded = engine(cluster())

    assert recorded.only(PROVIDER).inputs["kubeconfig"] == KUBECONFIG
    assert recorded.only(PROVIDER).secrets == {"kubeconfig"}


def test_the_kubeconfig_is_unknown_while_there_is_no_cluster(
    engine: Engine, known: Callable[[pulumi.Output[Any]], list[Any]]
) -> None:
    values: list[list[Any]] = []

    engine(lambda: values.append(known(cluster()().kubeconfig)), preview=True)

    assert values == [[]]


def test_the_provider_applies_on_the_server_and_survives_a_new_certificate(engine: Engine) -> None:
    provider = engine(cluster()).only(PROVIDER)

    assert provider.inputs["enableServerSideApply"] in (True, "true")
    assert provider.inputs["clusterIdentifier"] == "c1"


def test_terway_pods_get_vswitches_of_their_own(engine: Engine) -> None:
    inputs = engine(cluster()).only(CLUSTER).inputs

    assert inputs["podVswitchIds"] == ["vsw-p1", "vsw-p2"]
    assert "podCidr" not in inputs
    assert inputs["addons"][0] == {"name": "terway-eniip"}


def test_flannel_pods_get_an_overlay(engine: Engine) -> None:
    inputs = engine(cluster(pods=FlannelPods("172.24.0.0/14"))).only(CLUSTER).inputs

    assert inputs["podCidr"] == "172.24.0.0/14"
    assert "podVswitchIds" not in inputs
    assert inputs["addons"][0] == {"name": "flannel"}


def test_a_deleted_cluster_takes_its_load_balancers_along(engine: Engine) -> None:
    inputs = engine(cluster()).only(CLUSTER).inputs

    assert {one["resourceType"]: one["deleteMode"] for one in inputs["deleteOptions"]} == {
        "ALB": "delete",
        "SLB": "delete",
    }
    assert inputs["newNatGateway"] is False


def test_the_ingress_controller_that_conflicts_with_alb_is_off(engine: Engine) -> None:
    addons = engine(cluster()).only(CLUSTER).inputs["addons"]

    assert {"name": "nginx-ingress-controller", "disabled": True} in addons


@pytest.mark.parametrize("protected", [True, False])
def test_a_protected_cluster_is_kept_by_the_engine_and_by_ack(engine: Engine, protected: bool) -> None:
    recorded = engine(cluster(protect=protected))

    assert recorded.only(CLUSTER).inputs["deletionProtection"] is protected
    assert recorded.protected == ({"ack-cluster", "ack-system"} if protected else set())


def test_the_first_node_boots_only_when_there_is_a_way_out(engine: Engine) -> None:
    recorded = engine(lambda: cluster(after=[node_pool("way-out")])())

    assert "way-out" in recorded.waits_for("ack-system")


def test_a_cluster_is_replaced_when_it_would_have_to_move_to_another_vpc(engine: Engine) -> None:
    made = engine(cluster(vpc_id="vpc-7")).only(CLUSTER)

    assert made.request.replacement_trigger.string_value == "vpc-7"
