import json
from typing import Any

import pytest

from components.addon import addon
from tests.unit.components.samples import node_pool
from tests.unit.conftest import Engine
from tests.unit.recorder import Registration

ADDON = "alicloud:cs/kubernetesAddon:KubernetesAddon"


def installed(engine: Engine, config: dict[str, Any] | None) -> Registration:
    nodes: list[Any] = []

    def make() -> None:
        nodes.append(node_pool("system"))
        addon("knative", "c1", "knative", after=nodes, parent=nodes[0], config=config)

    return engine(make).only(ADDON)


@pytest.mark.parametrize("config", [{}, {"b": 1, "a": {"text": 'with "quotes" and 中文'}}])
def test_a_configuration_is_json_because_the_provider_takes_anything(engine: Engine, config: dict[str, Any]) -> None:
    text = installed(engine, config).inputs["config"]

    assert json.loads(text) == config


def test_keys_and_spaces_are_as_the_provider_reads_them_back(engine: Engine) -> None:
    assert installed(engine, {"b": 1, "a": [2, 3]}).inputs["config"] == '{"a":[2,3],"b":1}'


def test_an_addon_without_a_configuration_keeps_the_one_that_it_has(engine: Engine) -> None:
    assert "config" not in installed(engine, None).inputs


def test_an_addon_waits_for_what_it_needs(engine: Engine) -> None:
    assert installed(engine, None).dependencies == {"system"}
