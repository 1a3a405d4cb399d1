"""From Pulumi's configuration, as the engine hands it over, to settings or one message."""

import json
import re
from typing import Any

import pulumi
import pytest
import yaml

from infra.load import Loaded, load
from infra.settings.schema import keys_at, schema_at
from tests.unit.conftest import Engine
from tests.unit.infra.samples import CHECKOUT, NAMESPACE, guide


def as_the_engine_gives_it(raw: dict[str, Any], region: str | None = "cn-shanghai") -> dict[str, str]:
    """Maps, lists and booleans as JSON."""
    config = {
        f"{NAMESPACE}:{key}": value if isinstance(value, str) else json.dumps(value) for key, value in raw.items()
    }
    return {**config, **({"alicloud:region": region} if region else {})}


def read(engine: Engine, config: dict[str, str], secret_keys: list[str] | None = None) -> Loaded:
    results: list[Loaded] = []
    engine(lambda: results.append(load(pulumi.Config())), config=config, secret_keys=secret_keys)
    return results[0]


def test_settings_are_read_as_they_stand_in_the_stack_file(engine: Engine) -> None:
    loaded = read(engine, as_the_engine_gives_it(guide(production=True, namespace="studio")))

    assert loaded.region == "cn-shanghai"
    assert loaded.settings.production is True
    assert loaded.settings.namespace == "studio"
    assert loaded.settings.network.zones == ("cn-shanghai-l", "cn-shanghai-m")


def test_keys_of_other_projects_and_providers_are_left_alone(engine: Engine) -> None:
    config = {**as_the_engine_gives_it(guide()), "kubernetes:namespace": "x", "other:network": "y"}

    assert read(engine, config).settings.namespace == "default"


def test_keys_with_encrypted_values_are_remembered(engine: Engine) -> None:
    raw = guide(services__sd__login={"user": "studio", "password": "correct horse"})

    loaded = read(engine, as_the_engine_gives_it(raw), [f"{NAMESPACE}:services"])

    assert loaded.secret == {"services"}


def test_nothing_is_registered_when_something_is_wrong_and_the_message_names_the_file(engine: Engine) -> None:
    registered_after: list[bool] = []

    def program() -> None:
        load(pulumi.Config())
        registered_after.append(True)

    with pytest.raises(pulumi.RunError) as error:
        engine(program, config=as_the_engine_gives_it(guide(network__zones=["cn-shanghai-l"], gpuPool={}), region=None))

    text = str(error.value)
    assert text.startswith("3 problems in the configuration of stack test (Pulumi.test.yaml); nothing was changed.")
    for path in ("alicloud:region", f"{NAMESPACE}:network.zones", f"{NAMESPACE}:gpuPool"):
        assert path in text
    assert registered_after == []


def test_text_that_is_no_json_is_told_as_text(engine: Engine) -> None:
    with pytest.raises(pulumi.RunError, match="write its keys below it"):
        read(engine, {**as_the_engine_gives_it(guide()), f"{NAMESPACE}:knative": "not: json"})


def test_warnings_are_logged_and_do_not_stop(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    logged: list[str] = []
    monkeypatch.setattr(pulumi.log, "warn", logged.append)

    read(engine, as_the_engine_gives_it(guide()))

    assert [text for text in logged if "can no longer be ordered" in text]


def test_every_setting_with_a_default_is_declared_in_the_project_file_with_a_description() -> None:
    declared = yaml.safe_load((CHECKOUT / "Pulumi.yaml").read_text(encoding="utf-8"))["config"]

    properties = schema_at(())["properties"]
    assert list(declared) == [key for key in keys_at(()) if properties[key].get("default", {}) is not None]
    for key, entry in declared.items():
        assert entry["type"] == schema_at((key,))["type"]
        assert entry["description"].startswith(re.split(r"[;.]", schema_at((key,))["description"])[0])
