from typing import Any

import pytest
from pulumi.runtime.proto import provider_pb2 as pb

from lab.plugins.kubernetes.convert import secret
from tests.unit.lab.plugins.calls import CallFailedError, Stack
from tests.unit.lab.plugins.samples import config_map, deployment, service
from tests.unit.lab.plugins.samples import secret as kubernetes_secret

PropertyDiff = pb.PropertyDiff
SKIP = {"pulumi.com/skipAwait": "true"}
IMAGE = "spec.template.spec.containers[0].image"


def test_a_key_that_the_program_drops_goes_and_those_of_others_stay(stack: Stack) -> None:
    state = stack.create(service(), preview=False)
    stack.api.put({**service(), "metadata": {"name": "api", "labels": {"theirs": "1"}}}, manager="kubectl")
    inputs = service()
    inputs["metadata"]["labels"] = {"ours": "1"}
    state = stack.update(state, inputs)

    state = stack.update(state, service())

    assert state["metadata"]["labels"] == {"theirs": "1"}


def test_an_object_that_is_gone_is_not_silently_made_again(stack: Stack) -> None:
    state = stack.create(service("sd:1"))
    stack.api.objects.clear()

    with pytest.raises(CallFailedError, match="Service api is gone from the cluster\n`pulumi up --refresh`"):
        stack.update(state, service("sd:2"))


def test_a_field_of_another_manager_is_a_conflict_with_the_ways_out(stack: Stack) -> None:
    state = stack.create(config_map({"a": "1"}))
    stack.api.put(config_map({"a": "theirs"}))

    with pytest.raises(CallFailedError, match=r'Another manager owns these fields.*pulumi\.com/patchForce: "true"'):
        stack.update(state, config_map({"a": "2"}))


@pytest.mark.parametrize("way", ["annotation", "provider"])
def test_force_takes_the_field_over(way: str) -> None:
    stack = Stack(args={"enablePatchForce": "true"} if way == "provider" else {})
    more: dict[str, Any] = {"annotations": {"pulumi.com/patchForce": "true"}} if way == "annotation" else {}
    state = stack.create(config_map({"a": "1"}))
    stack.api.put(config_map({"a": "theirs"}))

    assert stack.update(state, config_map({"a": "2"}, **more))["data"] == {"a": "2"}


def test_ignored_fields_keep_what_the_cluster_has(stack: Stack) -> None:
    state = stack.create(config_map({"a": "1", "b": "1"}))
    stack.api.put(config_map({"a": "theirs"}))

    after = stack.update(state, config_map({"a": "1", "b": "2"}), ignored=["data.a"])

    assert after["data"] == {"a": "theirs", "b": "2"}


def test_another_field_manager_leaves_nothing_to_the_one_before(stack: Stack) -> None:
    state = stack.create(config_map({"a": "1", "b": "1"}))
    inputs = config_map({"a": "2"}, annotations={"pulumi.com/patchFieldManager": "me", "pulumi.com/patchForce": "true"})

    stack.update(state, inputs)

    found = stack.api.find("ConfigMap", "settings")
    assert found is not None
    assert found["data"] == {"a": "2"}


def test_nothing_changed_is_no_difference(stack: Stack) -> None:
    state = stack.create(service())

    assert stack.diff(state, service()).changes == pb.DiffResponse.DIFF_NONE


def test_a_changed_input_is_an_update_in_place(stack: Stack) -> None:
    answer = stack.diff(stack.create(service("sd:1")), service("sd:2"))

    assert answer.changes == pb.DiffResponse.DIFF_SOME
    assert {path: diff.kind for path, diff in answer.detailedDiff.items()} == {IMAGE: PropertyDiff.UPDATE}
    assert list(answer.replaces) == []


def test_an_input_that_a_webhook_rewrites_shows_as_a_change_every_time(stack: Stack) -> None:
    def canonical(obj: dict[str, Any]) -> None:
        obj["spec"]["memory"] = obj["spec"]["memory"].replace("1024Mi", "1Gi")

    stack.api.webhooks.append(canonical)
    odd, good = service(), service()
    odd["spec"]["memory"], good["spec"]["memory"] = "1024Mi", "1Gi"
    state = stack.create(odd)

    assert list(stack.diff(state, odd).detailedDiff) == ["spec.memory"]
    assert stack.diff(state, good).changes == pb.DiffResponse.DIFF_NONE


def test_ignored_changes_are_none(stack: Stack) -> None:
    answer = stack.diff(stack.create(service("sd:1")), service("sd:2"), ignored=["spec.template"])

    assert answer.changes == pb.DiffResponse.DIFF_NONE


def test_the_default_namespace_spelled_out_is_no_change(stack: Stack) -> None:
    state = stack.create(config_map({}))

    assert stack.diff(state, config_map({}, namespace="default")).changes == pb.DiffResponse.DIFF_NONE


def test_another_namespace_is_another_object_and_the_old_one_may_go_later(stack: Stack) -> None:
    answer = stack.diff(stack.create(config_map({})), config_map({}, namespace="sd"))

    assert list(answer.replaces) == ["metadata.namespace"]
    assert not answer.deleteBeforeReplace


def test_a_named_object_is_deleted_before_its_replacement_takes_the_name(stack: Stack) -> None:
    answer = stack.diff(stack.create(config_map({"a": "1"})), config_map({"a": "2"}))

    assert answer.detailedDiff["data.a"].kind == PropertyDiff.UPDATE_REPLACE
    assert answer.deleteBeforeReplace


def test_an_object_with_a_made_name_is_replaced_under_a_new_one_first(stack: Stack) -> None:
    made = {"pulumi.com/autonamed": "true"}

    answer = stack.diff(
        stack.create(config_map({"a": "1"}, annotations=made)), config_map({"a": "2"}, annotations=made)
    )

    assert list(answer.replaces) == ["data.a"]
    assert not answer.deleteBeforeReplace


def test_a_field_that_only_the_server_knows_to_be_immutable_replaces_the_object(stack: Stack) -> None:
    stack.api.immutable["Service"] = ("spec", "class")
    old, new = service(), service("sd:2")
    old["spec"]["class"], new["spec"]["class"] = "a", "b"

    answer = stack.diff(stack.create(old), new)

    assert answer.detailedDiff["spec.class"].kind == PropertyDiff.UPDATE_REPLACE
    assert answer.detailedDiff[IMAGE].kind == PropertyDiff.UPDATE, "the server complained of the class only"


def test_any_other_refusal_is_left_to_the_update(stack: Stack) -> None:
    state = stack.create(service("sd:1"))
    stack.api.refusal = (400, "denied")

    assert list(stack.diff(state, service("sd:2")).replaces) == []


def test_a_known_immutable_field_replaces_even_without_a_server(stack: Stack) -> None:
    state = stack.create({**deployment("a"), "metadata": {"name": "w", "annotations": SKIP}})
    stack.api.down = True

    answer = stack.diff(state, {**deployment("b"), "metadata": {"name": "w", "annotations": SKIP}})

    assert list(answer.replaces) == ["spec.selector.matchLabels.app"]


def test_a_secret_string_is_compared_with_the_data_it_became(stack: Stack) -> None:
    state = stack.create(kubernetes_secret(token=secret("a")))

    assert stack.diff(state, kubernetes_secret(token=secret("a"))).changes == pb.DiffResponse.DIFF_NONE
    assert list(stack.diff(state, kubernetes_secret(token=secret("b"))).replaces) == ["stringData.token"]
