"""Every Kubernetes object of a stack that asks for all there is, against the schema of its kind."""

from typing import Any

import pytest

from tests.unit.conftest import Engine
from tests.unit.infra.samples import guide
from tests.unit.infra.test_stack import SERVICES_KEY, stack
from tests.unit.kubernetes_schemas import WITHOUT_SCHEMA, schema_mistakes
from tests.unit.recorder import Registration

IMAGE = "dev.local/sd:1"
EVERYTHING: dict[str, Any] = {
    "namespace": "studio",
    "virtualNodes": {"enabled": True},
    "services": {
        "ui": {
            "image": IMAGE,
            "role": "ui",
            "login": {"user": "studio", "password": "correct horse"},
            "env": {"A": "1"},
            "envFrom": {"B": {"secret": "s", "key": "k"}},
            "probe": {"path": "/ping", "timeoutSeconds": 5},
            "liveness": {"initialDelaySeconds": 900},
            "progressDeadline": "30m",
            "resources": {"limits": {"memory": "16Gi"}},
            "model": {"mountPath": "/models", "nas": {"server": "a.nas.aliyuncs.com"}},
            "scaling": {
                "activationScale": 2,
                "window": "90s",
                "panicWindowPercentage": 20,
                "panicThresholdPercentage": 300.5,
            },
            "revision": "v7",
            "traffic": {"v6": 90, "v7": 10, "latest": 0},
        },
        "api": {
            "image": IMAGE,
            "role": "api",
            "reserve": {"replicas": 1},
            "model": {"mountPath": "/models", "oss": {"bucket": "sd-models", "secret": "key"}},
        },
        "burst": {"image": IMAGE, "eci": {"placement": "burst"}},
    },
}


def objects(engine: Engine, raw: dict[str, Any]) -> list[Registration]:
    return [one for one in engine(stack(raw, SERVICES_KEY)).registrations if one.typ.startswith("kubernetes:")]


@pytest.mark.parametrize("changes", [{}, EVERYTHING], ids=["the guide's", "everything"])
def test_every_object_is_one_that_its_kind_knows(engine: Engine, changes: dict[str, Any]) -> None:
    found = objects(engine, guide(**changes))

    kinds = {one.inputs["kind"] for one in found}
    assert {"Service", "ConfigMap"} <= kinds - WITHOUT_SCHEMA
    assert [mistake for one in found for mistake in schema_mistakes(one)] == []


def broken(kind: str, engine: Engine) -> Registration:
    """An object of that kind out of the stack, with a field that it does not know."""
    one = next(one for one in objects(engine, guide(**EVERYTHING)) if one.inputs["kind"] == kind)
    spec = {**one.inputs["spec"], "unheardOf": True}
    return Registration(one.typ, one.name, {**one.inputs, "spec": spec}, one.request)


@pytest.mark.parametrize("kind", ["Service", "PersistentVolume", "PersistentVolumeClaim"])
def test_a_field_that_a_kind_does_not_know_is_found(engine: Engine, kind: str) -> None:
    (mistake,) = schema_mistakes(broken(kind, engine))

    assert "unheardOf" in mistake


def test_a_kind_without_a_schema_must_be_named_as_one(engine: Engine) -> None:
    one = objects(engine, guide())[0]
    unknown = {"apiVersion": "example.com/v1", "kind": "Widget", "metadata": {}}

    with pytest.raises(KeyError, match="Widget has no schema"):
        schema_mistakes(Registration(one.typ, one.name, unknown, one.request))
