import pytest

from lab.plugins.kubernetes.convert import secret
from tests.unit.lab.plugins.calls import CallFailedError, Stack, urn_of
from tests.unit.lab.plugins.samples import config_map, ready, service
from tests.unit.lab.plugins.samples import secret as kubernetes_secret

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"


def test_the_whole_live_object_is_the_output(stack: Stack) -> None:
    stack.api.controllers.append(ready())

    state = stack.create(service(waitFor="condition=Ready"))

    assert state["status"] == {"conditions": [{"type": "Ready", "status": "True"}]}
    assert state["metadata"]["namespace"] == "default"
    assert "managedFields" not in state["metadata"]


def test_each_resource_has_a_field_manager_of_its_own_that_its_state_remembers(stack: Stack) -> None:
    first, second = config_map({"a": "1"}), config_map({"a": "1"}, name="other")

    states = [stack.create(obj, urn_of(obj, obj["metadata"]["name"])) for obj in (first, second)]

    managers = [state["__fieldManager"] for state in states]
    assert len(set(managers)) == 2
    assert all(manager.startswith("pulumi-kubernetes-") for manager in managers)
    assert stack.api.writes()[0].url.params["fieldManager"] == managers[0]


def test_the_program_may_choose_the_field_manager(stack: Stack) -> None:
    inputs = config_map({}, annotations={"pulumi.com/patchFieldManager": "me"})

    assert stack.create(inputs)["__fieldManager"] == "me"


def test_an_object_that_is_there_already_is_refused_with_the_ways_out(stack: Stack) -> None:
    stack.api.put(config_map({"a": "theirs"}))

    with pytest.raises(CallFailedError, match="ConfigMap settings exists already\nImport it"):
        stack.create(config_map({"a": "ours"}))

    assert stack.api.writes() == []


def test_a_predecessor_on_its_way_out_is_waited_for(stack: Stack) -> None:
    leaving = config_map({"a": "old"}, finalizers=["x/y"], deletionTimestamp="2026-01-01T00:00:00Z")
    stack.api.put(leaving)
    stack.lines.on_line = lambda line: stack.api.drop(leaving) if line == "deleting: held by x/y" else None

    assert stack.create(config_map({"a": "new"}))["data"] == {"a": "new"}


def test_upsert_takes_an_object_over() -> None:
    stack = Stack(args={"upsertExistingObjects": "true"})
    stack.api.put(config_map({"theirs": "1"}))

    assert stack.create(config_map({"ours": "2"}))["data"] == {"theirs": "1", "ours": "2"}


def test_a_namespace_that_comes_a_moment_later_is_waited_for(stack: Stack) -> None:
    def arrive(line: str) -> None:
        stack.api.put({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "sd"}})

    stack.lines.on_line = arrive
    state = stack.create(config_map({}, namespace="sd"))

    assert state["metadata"]["namespace"] == "sd"
    assert stack.lines.told[0] == 'waiting: namespaces "sd" not found (HTTP 404)'


def test_what_the_server_refuses_is_told_in_its_words(stack: Stack) -> None:
    stack.api.refusal = (400, "admission webhook denied the request: must not set the field(s)")

    with pytest.raises(CallFailedError, match=r"must not set the field\(s\) \(HTTP 400\)"):
        stack.create(service())


def test_warnings_of_the_server_reach_the_user(stack: Stack) -> None:
    stack.api.warning = 'unknown field \\"spec.tmplate\\"'

    stack.create(service())

    assert 'unknown field "spec.tmplate"' in stack.lines.told


def test_secret_values_are_secret_in_the_state_in_both_of_their_forms(stack: Stack) -> None:
    state = stack.create(kubernetes_secret(token=secret("hunter2"), user="u"))

    assert state["data"]["token"] == secret("aHVudGVyMg==")
    assert state["data"]["user"] == "dQ=="
    assert state["__inputs"]["stringData"]["token"] == secret("hunter2")


def test_without_a_kubeconfig_nothing_is_made() -> None:
    stack = Stack(args={"kubeconfig": UNKNOWN})

    with pytest.raises(CallFailedError, match="no kubeconfig"):
        stack.create(service())


def test_a_type_below_a_component_is_still_recognised(stack: Stack) -> None:
    stack.api.put(config_map({"a": "1"}))
    urn = "urn:pulumi:dev::lab::my:pkg:Component$kubernetes:core/v1:ConfigMapPatch::res"

    assert stack.create(config_map({"b": "2"}), urn)["data"] == {"a": "1", "b": "2"}
