"""A preview before there is anything: what the cloud decides is unknown, and nothing may take it for a value."""

import json
from collections.abc import Callable
from typing import Any

import pulumi
import pytest
from pulumi.output import Unknown

from tests.unit.conftest import Engine
from tests.unit.infra.samples import guide
from tests.unit.infra.test_requests import EVERYTHING
from tests.unit.infra.test_stack import SERVICES_KEY, stack
from tests.unit.recorder import Recorded

Known = Callable[[pulumi.Output[Any]], list[Any]]

# How a program shows that it took an output for a text.
FORGOTTEN = ("pulumi.output", "Output object at", "Calling __str__", "None/", "UNKNOWN")


@pytest.fixture
def recorded(engine: Engine) -> Recorded:
    return engine(stack(guide(**EVERYTHING), SERVICES_KEY), preview=True)


def outputs(engine: Engine, known: Known, raw: dict[str, Any]) -> dict[str, list[Any]]:
    values: dict[str, list[Any]] = {}

    def make() -> None:
        made = stack(raw, SERVICES_KEY)().outputs()
        values.update({name: known(pulumi.Output.from_input(value)) for name, value in made.items()})

    engine(make, preview=True)
    return values


def test_of_the_outputs_what_the_settings_say_is_known_and_the_rest_is_not(engine: Engine, known: Known) -> None:
    values = outputs(engine, known, guide())

    assert {name for name, value in values.items() if not value} == {"clusterId", "gatewayAddress", "kubeconfig"}
    assert values["services"] == [{"sd": {"host": "sd.default.example.com", "url": "http://sd.default.example.com"}}]


UNKNOWN = {
    "network-nodes-cn-shanghai-l": "vpcId",
    "network-snat-nodes-cn-shanghai-l": "snatIp",
    "ack-system": "clusterId",
    "ack-kubernetes": "kubeconfig",
    "gn5-pool": "clusterId",
    "knative-addon": "clusterId",
    "domain-record": "value",
    "virtual-nodes-profile": "data.vswitchIds",
    "monitoring-requests-fail": "clusterId",
}


@pytest.mark.parametrize("name", UNKNOWN)
def test_what_the_cloud_decides_is_unknown(recorded: Recorded, name: str) -> None:
    value: Any = recorded.named(name).inputs
    for step in UNKNOWN[name].split("."):
        value = value[int(step)] if isinstance(value, list) else value[step]

    assert isinstance(value, Unknown)


@pytest.mark.parametrize("preview", [True, False], ids=["first preview", "up"])
def test_no_output_was_taken_for_a_text(engine: Engine, preview: bool) -> None:
    recorded = engine(stack(guide(**EVERYTHING), SERVICES_KEY), preview=preview)

    for one in recorded.registrations:
        text = json.dumps(one.inputs, default=lambda value: "" if isinstance(value, Unknown) else repr(value))
        assert not [sign for sign in FORGOTTEN if sign in text], one.name
