"""The whole stack on the recording engine."""

import json
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pulumi
import pytest

from infra.stack import Stack, build
from tests.unit.cloud_answers import ALB_DNS_NAME, KUBECONFIG
from tests.unit.components.manifests.alb_config_schema import AlbConfig
from tests.unit.conftest import Engine
from tests.unit.infra.samples import guide, loaded, stack_file
from tests.unit.recorder import Recorded
from tests.unit.sdk_types import mistakes

CLUSTER = "alicloud:cs/managedKubernetes:ManagedKubernetes"
ALB_CONFIG = "kubernetes:alibabacloud.com/v1:AlbConfig"
SERVICE = "kubernetes:serving.knative.dev/v1:Service"
PREFIX = "ack-stable-diffusion:components:"
COMPONENTS = {"Network", "AckCluster", "GpuNodePool", "Knative", "AlbGateway", "ServingNamespace"}
SERVICES_KEY = frozenset({"services"})

Raw = dict[str, Any]
Known = Callable[[pulumi.Output[Any]], list[Any]]


def stack(raw: Raw, secret: frozenset[str] = frozenset()) -> Callable[[], Stack]:
    settings = loaded(raw, secret=secret)
    return lambda: build(settings, "ack-stable-diffusion", "test")


def pod(recorded: Recorded, name: str = "sd-service") -> Any:
    return recorded.named(name).inputs["spec"]["template"]["spec"]


VARIANTS: dict[str, Raw] = {
    "dev": stack_file("dev"),
    "local": stack_file("local"),
    "everything optional": guide(
        production=True,
        namespace="studio",
        cluster__podNetwork="flannel",
        gpuPools__gn5__spot={"priceLimits": {"ecs.gn5-c4g1.xlarge": 1}},
        gpuPools__gn5__driverVersion="550.144.03",
        gateway={
            "allowCidrs": ["203.0.113.0/24"],
            "https": {"certificateId": "1-cn-hangzhou", "moreCertificateIds": ["2-cn-hangzhou"]},
            "domain": {"zone": "example.com", "record": "sd"},
            "accessLog": {"project": "studio-logs", "store": "alb_knative"},
        },
        services__sd__pool="gn5",
        services__sd__env={"A": "1"},
        services__sd__scaling__activationScale=2,
        services__ui={"image": "dev.local/sd:1", "login": {"user": "studio", "password": "correct horse"}},
    ),
}


@pytest.mark.parametrize("raw", VARIANTS.values(), ids=VARIANTS.keys())
@pytest.mark.parametrize("preview", [True, False], ids=["first preview", "up"])
def test_every_resource_has_the_types_that_the_sdk_says(engine: Engine, raw: Raw, preview: bool) -> None:
    recorded = engine(stack(raw, SERVICES_KEY), preview=preview)

    cloud = [one for one in recorded.registrations if not one.typ.startswith(PREFIX)]
    assert len(cloud) >= 27
    assert [mistake for one in cloud for mistake in mistakes(one)] == []


@pytest.mark.parametrize("raw", VARIANTS.values(), ids=VARIANTS.keys())
def test_the_first_preview_shows_everything_that_up_makes(engine: Engine, raw: Raw) -> None:
    make = stack(raw, SERVICES_KEY)

    names = [{one.name for one in engine(make, preview=preview).registrations} for preview in (True, False)]

    assert names[0] == names[1]


def test_every_resource_belongs_to_a_component(engine: Engine) -> None:
    recorded = engine(stack(guide()))

    components = {one.name for one in recorded.registrations if one.typ.startswith(PREFIX)}
    assert {one.typ.removeprefix(PREFIX) for one in recorded.registrations if one.name in components} >= COMPONENTS
    orphans = [
        one.name for one in recorded.registrations if one.name not in components and one.parent not in components
    ]
    assert orphans == []


def test_every_kubernetes_object_goes_to_the_cluster_that_is_made(engine: Engine) -> None:
    recorded = engine(stack(guide(namespace="studio")))

    objects = [one for one in recorded.registrations if one.typ.startswith("kubernetes:")]
    assert {one.provider for one in objects} == {"ack-kubernetes"}


# A destroy goes from left to right, so each must wait for all to its right when it is made.
DESTROY_ORDER = [
    "sd-service", "gateway-alb", "gateway-controller", "ack-system", "ack-cluster", "network-snat-nodes-cn-shanghai-l",
    "network-association",
]  # fmt: skip


@pytest.mark.parametrize(("earlier", "later"), list(pairwise(DESTROY_ORDER)))
def test_a_destroy_takes_things_away_in_the_order_that_the_cloud_asks_for(
    engine: Engine, earlier: str, later: str
) -> None:
    assert later in engine(stack(guide())).waits_for(earlier)


@pytest.mark.parametrize(
    "before",
    ["gn5-pool", "knative-features", "knative-network", "knative-autoscaler", "knative-deployment", "knative-domain",
     "gateway-alb", "gateway-class", "knative-addon"],
)  # fmt: skip
def test_a_service_waits_for_all_that_it_takes_its_shape_from(engine: Engine, before: str) -> None:
    assert before in engine(stack(guide())).waits_for("sd-service")


def test_a_service_waits_for_its_namespace(engine: Engine) -> None:
    assert "serving-namespace" in engine(stack(guide(namespace="studio"))).waits_for("sd-service")


def test_the_outputs_are_what_commands_rely_on(engine: Engine, known: Known) -> None:
    values: dict[str, list[Any]] = {}

    def make() -> None:
        outputs = stack(guide())().outputs()
        values.update({name: known(pulumi.Output.from_input(value)) for name, value in outputs.items()})

    engine(make)

    assert values == {
        "clusterId": ["c1"],
        "gatewayAddress": [ALB_DNS_NAME],
        "domain": ["example.com"],
        "namespace": ["default"],
        "services": [{"sd": {"host": "sd.default.example.com", "url": "http://sd.default.example.com"}}],
        "deletionProtection": ["off: `pulumi destroy` removes everything"],
        "kubeconfig": [KUBECONFIG],
        "policy": [{"production": False, "budget": {"currency": "USD", "prices": {}}}],
    }


def test_of_the_outputs_the_kubeconfig_alone_is_secret(engine: Engine, known: Known) -> None:
    values: dict[str, list[Any]] = {}

    def make() -> None:
        outputs = {name: pulumi.Output.from_input(value) for name, value in stack(guide())().outputs().items()}
        values.update({name: known(pulumi.Output.from_input(one.is_secret())) for name, one in outputs.items()})

    engine(make)

    assert [name for name, secret in values.items() if secret == [True]] == ["kubeconfig"]


@pytest.mark.parametrize(
    ("changes", "protected"),
    [
        ({}, False),
        ({"production": True}, True),
        ({"production": True, "deletionProtection": False}, False),
        ({"deletionProtection": True}, True),
    ],
)
def test_production_is_protected_unless_it_is_said_otherwise(engine: Engine, changes: Raw, protected: bool) -> None:
    recorded = engine(stack(guide(**changes)))

    vswitches = {one.name for one in recorded.all("alicloud:vpc/switch:Switch")}
    kept = {"network-vpc", *vswitches, "ack-cluster", "ack-system", "gn5-pool"}
    assert recorded.protected == (kept if protected else set())


def test_ack_is_asked_for_the_full_version(engine: Engine) -> None:
    assert engine(stack(guide(cluster__version="1.35"))).only(CLUSTER).inputs["version"] == "1.35.7-aliyun.1"


def test_the_disk_is_the_fastest_that_all_types_take(engine: Engine) -> None:
    new = {"instanceTypes": ["ecs.gn7i-c8g1.2xlarge"], "maxSize": 1}

    recorded = engine(stack(guide(gpuPools__a10=new)))

    assert recorded.named("gn5-pool").inputs["systemDiskCategory"] == "cloud_ssd"
    assert recorded.named("a10-pool").inputs["systemDiskCategory"] == "cloud_essd"


def test_a_service_runs_on_any_gpu_pool_unless_it_names_one(engine: Engine) -> None:
    two = {"instanceTypes": ["ecs.gn7i-c8g1.2xlarge"], "maxSize": 1}
    raw = guide(gpuPools__a10=two, services__ui={"image": "dev.local/sd:1", "pool": "a10"})

    recorded = engine(stack(raw))

    selectors = {name: pod(recorded, f"{name}-service")["nodeSelector"] for name in ("sd", "ui")}
    labels = {
        name: {label["key"]: label["value"] for label in recorded.named(f"{name}-pool").inputs["labels"]}
        for name in ("gn5", "a10")
    }
    assert all(selectors["sd"].items() <= labels[name].items() for name in labels)
    assert [name for name in labels if selectors["ui"].items() <= labels[name].items()] == ["a10"]


@pytest.mark.parametrize(
    ("changes", "annotation"),
    [
        ({}, "0"),
        ({"services__sd__affinity": None}, None),
        ({"services__sd__scaling__targetBurstCapacity": -1}, "-1"),
        ({"services__sd__affinity": None, "services__sd__scaling__targetBurstCapacity": 0}, "0"),
    ],
    ids=["affinity", "no affinity", "affinity, said otherwise", "no affinity, said otherwise"],
)
def test_the_activator_leaves_the_path_of_a_service_whose_cookies_must_find_their_pod(
    engine: Engine, changes: Raw, annotation: str | None
) -> None:
    annotations = engine(stack(guide(**changes))).only(SERVICE).inputs["spec"]["template"]["metadata"]["annotations"]

    assert annotations.get("autoscaling.knative.dev/target-burst-capacity") == annotation


def test_the_guides_instance_types_reach_the_pod(engine: Engine) -> None:
    annotations = engine(stack(guide())).only(SERVICE).inputs["spec"]["template"]["metadata"]["annotations"]

    assert annotations["k8s.aliyun.com/eci-use-specs"] == (
        "ecs.gn5-c4g1.xlarge,ecs.gn5i-c8g1.2xlarge,ecs.gn5-c8g1.2xlarge"
    )


def test_a_password_goes_through_the_stack_encrypted(engine: Engine) -> None:
    raw = guide(services__sd__login={"user": "studio", "password": "correct horse"})

    recorded = engine(stack(raw, SERVICES_KEY))

    holders = [one for one in recorded.registrations if "correct horse" in json.dumps(one.inputs, default=str)]
    assert [one.name for one in holders] == ["sd-login"]
    assert any(path.startswith("stringData") for path in holders[0].secrets)


def test_variables_beside_an_encrypted_value_are_kept_secret_too(engine: Engine) -> None:
    raw = guide(services__sd__env={"TOKEN": "t0ken"})

    encrypted, open_ = engine(stack(raw, SERVICES_KEY)), engine(stack(raw))

    assert [path for path in encrypted.only(SERVICE).secrets if ".env." in path]
    assert open_.only(SERVICE).secrets == set()


def test_up_waits_longer_than_knative_does(engine: Engine) -> None:
    recorded = engine(stack(guide(knative__progressDeadline="10m")))

    assert recorded.named("knative-deployment").inputs["data"]["progress-deadline"] == "600s"
    assert recorded.only(SERVICE).request.customTimeouts.create == "900s"


def test_every_service_says_that_the_gateway_has_a_certificate_for_it(engine: Engine, known: Known) -> None:
    raw = guide(gateway__https={"certificateId": "1-cn-hangzhou"}, services__ui={"image": "dev.local/sd:1"})
    urls: list[list[Any]] = []

    recorded = engine(lambda: urls.extend(known(one.url) for one in stack(raw)().services.values()))

    assert urls == [["https://sd.default.example.com"], ["https://ui.default.example.com"]]
    for service in recorded.all(SERVICE):
        assert service.inputs["metadata"]["annotations"]["knative.k8s.alibabacloud/tls"] == "true"


GATEWAYS: dict[str, Raw] = {
    "default": {},
    "everything": {
        "allowCidrs": ["203.0.113.0/24"],
        "https": {"certificateId": "1-cn-hangzhou", "plainHttp": False},
        "accessLog": {"project": "studio-logs", "store": "alb_knative"},
    },
    "existing": {"existing": {"albId": "alb-1"}},
}


@pytest.mark.parametrize("gateway", GATEWAYS.values(), ids=GATEWAYS.keys())
def test_ack_takes_every_key_of_the_albconfig(engine: Engine, gateway: Raw) -> None:
    alb = engine(stack(guide(gateway=gateway))).only(ALB_CONFIG).inputs

    AlbConfig.model_validate(alb)


def test_a_domain_with_a_record_is_the_one_that_services_are_under(engine: Engine, known: Known) -> None:
    urls: list[list[Any]] = []
    make = stack(guide(namespace="studio", gateway__domain={"zone": "example.org", "record": "sd"}))

    recorded = engine(lambda: urls.append(known(make().services["sd"].url)))

    record = recorded.named("domain-record").inputs
    assert f"{record['rr']}.{record['domainName']}" == "*.studio.sd.example.org"
    assert record["value"] == ALB_DNS_NAME
    assert urls == [["http://sd.studio.sd.example.org"]]
    assert recorded.named("knative-domain").inputs["data"]["sd.example.org"] == ""


def test_the_gateway_outlives_the_record_that_leads_to_it(engine: Engine) -> None:
    recorded = engine(stack(guide(gateway__domain={"zone": "example.org", "record": "sd"})))

    assert "gateway-alb" in recorded.waits_for("domain-record")


@pytest.mark.parametrize("name", ["prod", "dev"])
def test_stacks_of_one_account_do_not_share_a_list_of_clients(engine: Engine, name: str) -> None:
    settings = loaded(guide(gateway__allowCidrs=["203.0.113.0/24"]))

    alb = engine(lambda: build(settings, "studio", name)).only(ALB_CONFIG).inputs

    assert [one["aclConfig"]["aclName"] for one in alb["spec"]["listeners"]] == [f"studio-{name}-80"]


def test_behind_kourier_there_is_no_alb_and_services_are_led_to_the_address_that_is_given(
    engine: Engine, known: Known
) -> None:
    gateway = {"kind": "kourier", "kourierAddress": "203.0.113.9", "domain": {"zone": "example.org", "record": "sd"}}
    addresses: list[list[Any]] = []
    make = stack(guide(gateway=gateway))

    recorded = engine(lambda: addresses.append(known(make().gateway.dns_name)))

    assert [one.name for one in recorded.registrations if one.name.startswith("gateway")] == ["gateway"]
    assert recorded.named("domain-record").inputs["type"] == "A"
    assert addresses == [["203.0.113.9"]]
    assert recorded.named("knative-network").inputs["data"]["ingress.class"].startswith("kourier.")
