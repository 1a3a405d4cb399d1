"""The stack files of this checkout: right, and warned of nothing but what is known."""

import json

import pytest

from infra.stack import build
from tests.unit.conftest import Engine
from tests.unit.infra.samples import STACKS, guide, loaded, region_of, stack_file, warnings
from tests.unit.sdk_types import mistakes

PRODUCTION = [stack for stack in STACKS if stack.startswith("prod-")]

OFF_SALE = "can no longer be ordered by new customers"
OPEN_TO_SOME = "gateway.allowCidrs: not verified on a live account"
FROM_AFAR = "the image of api, ui is in cn-shanghai"
# Stack → a part of each warning of its preview, in order.
EXPECTED: dict[str, list[str]] = {
    "dev": [OFF_SALE],
    "local": [OFF_SALE],
    "prod-shanghai": [OPEN_TO_SOME],
    "prod-singapore": [
        FROM_AFAR,
        "gateway.https.annotation: knative.k8s.alibabacloud/tls is not verified",
        OPEN_TO_SOME,
    ],
    "prod-frankfurt": [FROM_AFAR, OPEN_TO_SOME],
}


@pytest.mark.parametrize("stack", STACKS)
def test_a_preview_warns_of_what_is_known_and_of_nothing_else(stack: str) -> None:
    texts = warnings(stack_file(stack), region_of(stack))

    assert [expected for expected, text in zip(EXPECTED[stack], texts, strict=True) if expected not in text] == []


@pytest.mark.parametrize("stack", STACKS)
def test_a_stack_file_makes_a_program_that_the_sdk_takes(engine: Engine, stack: str) -> None:
    settings = loaded(stack_file(stack), region_of(stack))

    recorded = engine(lambda: build(settings, "ack-stable-diffusion", stack), preview=True)

    cloud = [one for one in recorded.registrations if not one.typ.startswith("ack-stable-diffusion:")]
    assert [mistake for one in cloud for mistake in mistakes(one)] == []


def test_there_is_production_in_three_regions_one_of_them_outside_asia() -> None:
    assert {region_of(stack) for stack in PRODUCTION} == {"cn-shanghai", "ap-southeast-1", "eu-central-1"}


@pytest.mark.parametrize("stack", PRODUCTION)
def test_production_is_protected_and_buys_what_is_on_sale(stack: str) -> None:
    one = loaded(stack_file(stack), region_of(stack))

    types = [name for pool in one.settings.gpu_pools.values() for name in pool.instance_types]
    assert one.settings.production
    assert [name for name in types if not one.catalogue.gpu_types[name].on_sale] == []


def test_networks_can_be_joined_as_their_ranges_are_apart() -> None:
    ranges = [stack_file(stack)["network"]["cidr"] for stack in STACKS if stack != "local"]

    assert len(set(ranges)) == len(ranges)


@pytest.mark.parametrize("stack", STACKS)
def test_no_stack_file_carries_a_login(stack: str) -> None:
    assert "password" not in json.dumps(stack_file(stack)), "a password of ours in production is everybody's password"


@pytest.mark.parametrize(
    ("image", "warned"),
    [
        ("sd-registry.cn-hangzhou.cr.aliyuncs.com/lab/sd", True),
        ("registry-vpc.cn-hangzhou.aliyuncs.com/lab/sd", True),
        ("sd-registry.cn-shanghai.cr.aliyuncs.com/lab/sd", False),
        ("cn-hangzhou.example.com/lab/sd", False),
    ],
)
def test_an_image_from_another_region_is_warned_of(image: str, warned: bool) -> None:
    texts = warnings(guide(services__sd__image=f"{image}@sha256:{'0' * 64}"))

    assert any("the image of sd is in cn-hangzhou" in text for text in texts) is warned
