"""What is secret in a stack stays so in every message between program and engine."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.unit.cloud_answers import KUBECONFIG
from tests.unit.conftest import Engine
from tests.unit.infra.samples import guide
from tests.unit.infra.test_requests import EVERYTHING
from tests.unit.infra.test_stack import SERVICES_KEY, stack
from tests.unit.recorder import Recorded

PASSWORD = "correct horse"
SECRETS = {"password": PASSWORD, "variable": "t0ken", "kubeconfig": KUBECONFIG}
HOLDERS = {
    "password": {"ui-login": "stringData"},
    "variable": {"sd-service": "spec.template.spec.containers.0.env.0.value"},
    "kubeconfig": {"ack-kubernetes": "kubeconfig"},
}


@pytest.fixture
def recorded(engine: Engine) -> Recorded:
    return engine(stack(guide(**EVERYTHING, services__sd__env={"TOKEN": SECRETS["variable"]}), SERVICES_KEY))


def texts(value: Any) -> Iterator[str]:
    """Every text in a message, whatever it is part of."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from (key, *texts(item))
    elif isinstance(value, list):
        for item in value:
            yield from texts(item)
    elif isinstance(value, str):
        yield value


def holding(recorded: Recorded, secret: str) -> dict[str, set[str]]:
    """Resources with the secret among their inputs, and the paths of theirs that are marked."""
    return {
        one.name: one.secrets
        for one in recorded.registrations
        if any(secret in text for text in texts(json.loads(json.dumps(one.inputs, default=str))))
    }


@pytest.mark.parametrize("what", SECRETS)
def test_a_secret_goes_to_one_resource_alone_and_is_marked_there(recorded: Recorded, what: str) -> None:
    found = holding(recorded, SECRETS[what])

    assert list(found) == list(HOLDERS[what])
    for name, path in HOLDERS[what].items():
        assert path in found[name]


def test_what_a_component_reports_is_marked_too(recorded: Recorded) -> None:
    reported = {name: recorded.secret_outputs(name) for name in recorded.outputs}

    assert {name: paths for name, paths in reported.items() if paths} == {"ack": {"kubeconfig"}}


def test_no_component_reports_a_password_or_a_variable(recorded: Recorded) -> None:
    text = " ".join(str(message) for message in recorded.outputs.values())

    assert recorded.outputs
    assert PASSWORD not in text
    assert SECRETS["variable"] not in text


def test_what_is_not_encrypted_is_not_hidden(engine: Engine) -> None:
    recorded = engine(stack(guide(services__sd__env={"TOKEN": "t0ken"})))

    assert holding(recorded, "t0ken") == {"sd-service": set()}
