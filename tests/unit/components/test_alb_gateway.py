import json
from collections.abc import Callable
from typing import Any

import pulumi

from components.alb_gateway import AlbGateway, AlbGatewayArgs
from components.manifests.alb_config import AlbConfigSpec, NewAlb
from tests.unit.cloud_answers import ALB_DNS_NAME
from tests.unit.components.samples import node_pool, provider
from tests.unit.conftest import Engine

ADDON = "alicloud:cs/kubernetesAddon:KubernetesAddon"
ALB_CONFIG = "kubernetes:alibabacloud.com/v1:AlbConfig"
INGRESS_CLASS = "kubernetes:networking.k8s.io/v1:IngressClass"

Known = Callable[[pulumi.Output[Any]], list[Any]]


def gateway() -> AlbGateway:
    spec = AlbConfigSpec("knative-alb", NewAlb(["vsw-1", "vsw-2"]))
    return AlbGateway("gateway", AlbGatewayArgs("c1", provider(), spec, after=[node_pool("system")]))


def test_ack_makes_no_load_balancer_of_its_own(engine: Engine) -> None:
    config = engine(gateway).only(ADDON).inputs["config"]

    assert json.loads(config) == {"albIngress": {"CreateDefaultALBConfig": False}}


def test_the_addon_config_is_spelt_as_the_provider_reads_it_back(engine: Engine) -> None:
    config = engine(gateway).only(ADDON).inputs["config"]

    assert config == json.dumps(json.loads(config), separators=(",", ":"), sort_keys=True)


def test_up_waits_for_the_address(engine: Engine) -> None:
    metadata = engine(gateway).only(ALB_CONFIG).inputs["metadata"]

    assert metadata["annotations"] == {"pulumi.com/waitFor": "jsonpath={.status.loadBalancer.dnsname}"}


def test_the_address_is_the_one_in_the_status(engine: Engine, known: Known) -> None:
    addresses: list[list[Any]] = []

    engine(lambda: addresses.append(known(gateway().dns_name)))

    assert addresses == [[ALB_DNS_NAME]]


def test_the_address_is_unknown_before_there_is_one(engine: Engine, known: Known) -> None:
    addresses: list[list[Any]] = []

    engine(lambda: addresses.append(known(gateway().dns_name)), preview=True)

    assert addresses == [[]]


def test_the_controller_outlives_the_albconfig_whose_finalizer_it_removes(engine: Engine) -> None:
    recorded = engine(gateway)

    assert "gateway-controller" in recorded.only(ALB_CONFIG).dependencies
    assert {"gateway-alb", "gateway-controller", "system"} <= recorded.waits_for("gateway-class")


def test_the_ingress_class_points_at_the_albconfig(engine: Engine) -> None:
    recorded = engine(gateway)

    parameters = recorded.only(INGRESS_CLASS).inputs["spec"]["parameters"]
    alb = recorded.only(ALB_CONFIG).inputs
    assert (parameters["kind"], parameters["name"]) == (alb["kind"], alb["metadata"]["name"])
    assert alb["apiVersion"].startswith(parameters["apiGroup"] + "/")


def test_kubernetes_objects_go_to_the_cluster_given(engine: Engine) -> None:
    recorded = engine(gateway)

    assert recorded.only(ALB_CONFIG).provider == recorded.only(INGRESS_CLASS).provider == "cluster"
