from collections.abc import Callable
from typing import Any

import pulumi
import pytest

from components.kourier_gateway import KourierGateway, KourierGatewayArgs
from components.manifests.knative_config import KourierIngress
from tests.unit.conftest import Engine

Known = Callable[[pulumi.Output[Any]], list[Any]]


def test_it_owns_nothing_because_ack_does(engine: Engine) -> None:
    recorded = engine(lambda: KourierGateway("gateway", KourierGatewayArgs()))

    assert [one.name for one in recorded.registrations] == ["gateway"]


@pytest.mark.parametrize(("address", "shown"), [(None, ""), ("203.0.113.9", "203.0.113.9")])
def test_its_address_is_the_one_given(engine: Engine, known: Known, address: str | None, shown: str) -> None:
    addresses: list[list[Any]] = []

    engine(lambda: addresses.append(known(KourierGateway("gateway", KourierGatewayArgs(address)).dns_name)))

    assert addresses == [[shown]]


def test_knative_is_told_of_kourier(engine: Engine) -> None:
    made: list[KourierGateway] = []

    engine(lambda: made.append(KourierGateway("gateway", KourierGatewayArgs())))

    assert made[0].ingress == KourierIngress()
