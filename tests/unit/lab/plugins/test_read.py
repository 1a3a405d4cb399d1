from typing import Any

import pytest

from lab.plugins.kubernetes.convert import load, secret
from tests.unit.lab.plugins.calls import CallFailedError, Stack, urn_of
from tests.unit.lab.plugins.samples import config_map, service
from tests.unit.lab.plugins.samples import secret as kubernetes_secret


def inputs_after(stack: Stack, state: dict[str, Any]) -> Any:
    return load(stack.read(state).inputs)


def test_what_controllers_and_webhooks_add_is_no_drift(stack: Stack) -> None:
    state = stack.create(service())
    found = stack.api.find("Service", "api")
    assert found is not None
    found["metadata"]["annotations"] = {"serving.knative.dev/creator": "admin"}
    found["spec"]["template"]["spec"]["timeoutSeconds"] = 300

    assert inputs_after(stack, state) == service()


def test_a_change_by_somebody_else_shows_in_the_inputs(stack: Stack) -> None:
    state = stack.create(config_map({"a": "1", "b": "1"}))
    stack.api.put(config_map({"a": "theirs"}))

    assert inputs_after(stack, state)["data"] == {"a": "theirs", "b": "1"}


def test_the_state_is_the_object_as_it_is_now(stack: Stack) -> None:
    state = stack.create(service())
    stack.api.put({**service(), "status": {"url": "http://api"}})

    answer = stack.read(state, resource_id="default/api")

    assert answer.id == "default/api"
    assert load(answer.properties)["status"] == {"url": "http://api"}
    assert load(answer.properties)["__fieldManager"] == state["__fieldManager"]


def test_an_object_that_is_gone_leaves_the_state(stack: Stack) -> None:
    state = stack.create(service())
    stack.api.objects.clear()

    assert stack.read(state).id == ""


def test_a_kind_that_is_gone_takes_its_objects_along(stack: Stack) -> None:
    state = {**service(), "apiVersion": "gone.dev/v1", "__inputs": {**service(), "apiVersion": "gone.dev/v1"}}

    assert stack.read(state).id == ""


def test_secrets_are_still_secret_after_a_refresh(stack: Stack) -> None:
    state = stack.create(kubernetes_secret(token=secret("a")))

    answer = stack.read(state)

    assert load(answer.inputs)["stringData"] == {"token": secret("a")}
    assert load(answer.properties)["data"] == {"token": secret("YQ==")}


@pytest.mark.parametrize("patch", [False, True])
def test_an_import_needs_only_type_and_id(stack: Stack, patch: bool) -> None:
    stack.api.put({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "sd"}})
    stack.api.put({**config_map({"a": "1"}, namespace="sd"), "status": {}})

    answer = stack.read({}, urn=urn_of(config_map({}), patch=patch), resource_id="sd/settings")

    assert answer.id == "sd/settings"
    assert load(answer.inputs) == config_map({"a": "1"}, namespace="sd")


def test_a_cluster_that_does_not_answer_fails_the_refresh_with_the_way_out(stack: Stack) -> None:
    state = stack.create(service())
    stack.api.down = True

    with pytest.raises(
        CallFailedError, match=r"connection refused\n.*PULUMI_K8S_DELETE_UNREACHABLE=true pulumi refresh"
    ):
        stack.read(state)


def test_a_cluster_given_up_takes_its_objects_along(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULUMI_K8S_DELETE_UNREACHABLE", "true")
    stack = Stack()
    state = stack.create(service())
    stack.api.down = True

    assert stack.read(state).id == ""
    stack.delete(state)
    assert all("taken out of the state" in line for line in stack.lines.told)
