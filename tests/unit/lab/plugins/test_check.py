from typing import Any

import pytest
from pulumi.runtime.proto import provider_pb2 as pb

from lab.plugins.kubernetes.convert import load, secret
from tests.unit.lab.plugins.calls import Stack, urn_of
from tests.unit.lab.plugins.samples import config_map, service

NAMELESS = {"apiVersion": "v1", "kind": "ConfigMap", "data": {}}
Autonaming = pb.CheckRequest.AutonamingOptions


def names(answer: pb.CheckResponse) -> Any:
    return load(answer.inputs)["metadata"]


def test_an_object_without_a_name_is_named_after_its_resource(stack: Stack) -> None:
    metadata = names(stack.check(NAMELESS, urn=urn_of(NAMELESS, "cache")))

    assert metadata["name"].startswith("cache-")
    assert len(metadata["name"]) == len("cache-") + 8
    assert metadata["annotations"] == {"pulumi.com/autonamed": "true"}


def test_the_made_name_is_kept_at_the_next_update(stack: Stack) -> None:
    olds = load(stack.check(NAMELESS).inputs)

    again = names(stack.check({**NAMELESS, "data": {"a": "b"}}, olds, randomSeed=b"another"))

    assert again["name"] == olds["metadata"]["name"]


def test_a_given_name_replaces_a_made_one(stack: Stack) -> None:
    olds = load(stack.check(NAMELESS).inputs)

    assert names(stack.check(config_map({}, name="mine"), olds)) == {"name": "mine"}


def test_the_stacks_own_naming_is_followed(stack: Stack) -> None:
    proposed = stack.check(NAMELESS, autonaming=Autonaming(proposed_name="p-1", mode=Autonaming.ENFORCE))
    disabled = stack.check(NAMELESS, autonaming=Autonaming(mode=Autonaming.DISABLE))

    assert names(proposed)["name"] == "p-1"
    assert [failure.property for failure in disabled.failures] == ["metadata.name"]


@pytest.mark.parametrize(
    ("inputs", "at"),
    [
        ({"kind": "ConfigMap", "apiVersion": ""}, "apiVersion"),
        ({**NAMELESS, "metadata": {"generateName": "x-"}}, "metadata.generateName"),
        (service(waitFor="Ready"), 'metadata.annotations["pulumi.com/waitFor"]'),
    ],
)
def test_what_can_be_told_without_a_server_is_told_at_the_property(
    stack: Stack, inputs: dict[str, Any], at: str
) -> None:
    urn = urn_of({"apiVersion": "v1", "kind": "ConfigMap"})

    assert [failure.property for failure in stack.check(inputs, urn=urn).failures] == [at]


def test_a_patch_must_name_what_it_changes(stack: Stack) -> None:
    (failure,) = stack.check(NAMELESS, urn=urn_of(NAMELESS, patch=True)).failures

    assert failure.reason == "a Patch resource must name the object it changes"


def test_secret_inputs_are_still_secret_after_the_check(stack: Stack) -> None:
    inputs = {**NAMELESS, "data": {"a": secret("b")}}

    assert load(stack.check(inputs).inputs)["data"] == {"a": secret("b")}
