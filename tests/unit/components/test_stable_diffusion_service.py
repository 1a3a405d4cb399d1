import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pulumi

from components.manifests.eci import Eci
from components.manifests.knative_service import KnativeServiceSpec
from components.manifests.model_volume import Claim, ModelVolume, Nas
from components.stable_diffusion_service import Login, StableDiffusionService, StableDiffusionServiceArgs
from tests.unit.components.samples import node_pool, provider
from tests.unit.conftest import Engine
from tests.unit.sdk_types import mistakes

SERVICE = "kubernetes:serving.knative.dev/v1:Service"
SECRET = "kubernetes:core/v1:Secret"

Known = Callable[[pulumi.Output[Any]], list[Any]]


def service(**changes: Any) -> StableDiffusionService:
    args = StableDiffusionServiceArgs(
        spec=KnativeServiceSpec(name="ui", namespace="studio", image="registry.example.com/sd@sha256:00"),
        provider=provider(),
        domain="example.com",
        ready_seconds=1500,
        after=[node_pool("gpu")],
    )
    return StableDiffusionService("ui", replace(args, **changes))


def with_login(password: str = "correct horse") -> StableDiffusionService:
    return service(login=Login("studio", password))


def test_up_waits_until_the_service_is_ready(engine: Engine) -> None:
    registered = engine(service).only(SERVICE)

    assert registered.inputs["metadata"]["annotations"]["pulumi.com/waitFor"] == "condition=Ready"
    assert registered.request.customTimeouts.create == registered.request.customTimeouts.update == "1500s"


def test_it_goes_before_what_it_stands_on(engine: Engine) -> None:
    recorded = engine(service)

    assert "gpu" in recorded.only(SERVICE).dependencies
    assert recorded.only(SERVICE).provider == "cluster"


def test_host_and_url_are_known_before_the_first_up(engine: Engine, known: Known) -> None:
    values: list[list[Any]] = []

    def build() -> None:
        made = service()
        values.extend([known(made.host), known(made.url)])

    engine(build, preview=True)

    assert values == [["ui.studio.example.com"], ["http://ui.studio.example.com"]]


def test_without_a_login_there_is_no_secret(engine: Engine) -> None:
    recorded = engine(service)

    assert recorded.all(SECRET) == []
    assert "env" not in recorded.only(SERVICE).inputs["spec"]["template"]["spec"]["containers"][0]


def test_a_login_guards_page_and_api(engine: Engine) -> None:
    (container,) = engine(with_login).only(SERVICE).inputs["spec"]["template"]["spec"]["containers"]

    assert container["args"][-2:] == ["--gradio-auth=$(SD_LOGIN)", "--api-auth=$(SD_LOGIN)"]
    assert container["args"][:-2] == ["--listen", "--skip-torch-cuda-test", "--api"]


def test_the_login_reaches_the_container_through_the_secret_that_is_made(engine: Engine) -> None:
    recorded = engine(with_login)

    (container,) = recorded.only(SERVICE).inputs["spec"]["template"]["spec"]["containers"]
    made = recorded.only(SECRET)
    assert container["env"] == [
        {"name": "SD_LOGIN", "valueFrom": {"secretKeyRef": {"name": f"{made.name}-7f3a91c2", "key": "login"}}}
    ]
    assert dict(made.inputs["stringData"]) == {"login": "studio:correct horse"}


def test_the_password_is_nowhere_but_in_the_secret_and_encrypted_there(engine: Engine) -> None:
    recorded = engine(with_login)

    holders = [one.name for one in recorded.registrations if "correct horse" in json.dumps(one.inputs)]
    assert holders == ["ui-login"]
    assert any(path.startswith("stringData") for path in recorded.only(SECRET).secrets)


def test_a_new_password_is_a_new_secret_so_that_a_new_revision_reads_it(engine: Engine) -> None:
    made = engine(with_login).only(SECRET)

    assert made.inputs["immutable"] is True, "an immutable Secret is replaced, not changed in place"
    assert "name" not in made.inputs["metadata"], "a fixed name would keep the old revision's reference"


def test_the_first_preview_with_a_login_registers_everything(engine: Engine) -> None:
    assert len(engine(with_login, preview=True).registrations) == len(engine(with_login).registrations)


def on_eci(*, nodes_first: bool) -> Callable[[], StableDiffusionService]:
    spec = KnativeServiceSpec("ui", "studio", "dev.local/sd:1", eci=Eci(["ecs.gn7i-c8g1.2xlarge"], nodes_first))
    return lambda: service(spec=spec)


def test_nodes_first_is_said_before_the_first_pod_is_there(engine: Engine) -> None:
    recorded = engine(on_eci(nodes_first=True))

    policy = recorded.only("kubernetes:scheduling.alibabacloud.com/v1alpha1:ResourcePolicy")
    assert policy.name in recorded.only(SERVICE).dependencies
    assert policy.inputs["metadata"] == {"name": "ui", "namespace": "studio"}
    assert (policy.parent, policy.provider) == ("ui", "cluster")
    assert "gpu" in policy.dependencies


def test_virtual_nodes_alone_need_no_policy(engine: Engine) -> None:
    assert [one for one in engine(on_eci(nodes_first=False)).registrations if "ResourcePolicy" in one.typ] == []


VOLUME = "kubernetes:core/v1:PersistentVolume"
CLAIM = "kubernetes:core/v1:PersistentVolumeClaim"


def with_model(source: Nas | Claim) -> Callable[[], StableDiffusionService]:
    spec = KnativeServiceSpec("ui", "studio", "dev.local/sd:1", model=ModelVolume("/models", source))
    return lambda: service(spec=spec)


def test_a_service_waits_for_the_volume_with_its_models(engine: Engine) -> None:
    recorded = engine(with_model(Nas("abc.nas.aliyuncs.com")))

    volume, claim = recorded.only(VOLUME), recorded.only(CLAIM)
    assert claim.name in recorded.only(SERVICE).dependencies
    assert volume.name in claim.dependencies
    assert {one.parent for one in (volume, claim)} == {"ui"}
    assert "gpu" in volume.dependencies
    assert [mistake for one in (volume, claim) for mistake in mistakes(one)] == []


def test_volumes_of_two_namespaces_do_not_share_a_name(engine: Engine) -> None:
    recorded = engine(with_model(Nas("abc.nas.aliyuncs.com")))

    volume = recorded.only(VOLUME).inputs
    assert volume["metadata"] == {"name": "studio-ui-model"}
    assert volume["spec"]["csi"]["volumeHandle"] == "studio-ui-model"
    assert recorded.only(CLAIM).inputs["metadata"] == {"name": "ui-model", "namespace": "studio"}


def test_a_claim_that_is_there_is_only_used(engine: Engine) -> None:
    recorded = engine(with_model(Claim("models")))

    assert recorded.all(VOLUME) == recorded.all(CLAIM) == []
