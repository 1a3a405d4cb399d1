from typing import Any

import pytest
from google.protobuf import empty_pb2

from tests.unit.lab.plugins.calls import CallContext, CallFailedError, Stack
from tests.unit.lab.plugins.samples import config_map, service

NAMESPACE: dict[str, Any] = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "sd"}}


def held(*finalizers: str) -> dict[str, Any]:
    obj = service()
    obj["metadata"]["finalizers"] = list(finalizers)
    return obj


def test_a_deletion_returns_once_the_object_is_gone(stack: Stack) -> None:
    state = stack.create(held("alb/x"))
    looks = iter(range(3))

    def release(obj: dict[str, Any]) -> None:
        if obj["metadata"].get("deletionTimestamp") and next(looks) == 2:
            stack.api.drop(obj)

    stack.api.controllers.append(release)
    stack.delete(state)

    assert stack.api.objects == {}
    assert stack.lines.told == ["deleting: held by alb/x", ""]


def test_what_is_gone_already_is_fine(stack: Stack) -> None:
    state = stack.create(service())
    stack.api.objects.clear()

    stack.delete(state)

    assert [request.method for request in stack.api.writes()] == ["PATCH"]


def test_a_stuck_finalizer_is_named(stack: Stack) -> None:
    state = stack.create(held("ingress.k8s.alibaba/resources"))

    with pytest.raises(CallFailedError, match=r"after 1e-09 s: held by ingress\.k8s\.alibaba/resources"):
        stack.delete(state, timeout=1e-9)


def test_cancellation_ends_the_wait_with_what_holds_the_object(stack: Stack) -> None:
    state = stack.create(held("x/y"))
    stack.lines.on_line = lambda _: stack.provider.Cancel(empty_pb2.Empty(), CallContext()) and None

    with pytest.raises(CallFailedError, match="when the update was cancelled: held by x/y"):
        stack.delete(state)


def test_another_object_of_the_same_name_is_not_waited_for(stack: Stack) -> None:
    state = stack.create(held("x/y"))

    def recreate(obj: dict[str, Any]) -> None:
        if obj["metadata"].get("deletionTimestamp"):
            obj["metadata"]["uid"] = "another"

    stack.api.controllers.append(recreate)

    stack.delete(state)


@pytest.mark.parametrize(
    ("annotations", "policy"),
    [({}, "Foreground"), ({"deletionPropagationPolicy": "orphan"}, "Orphan")],
)
def test_what_the_object_owns_goes_first_unless_told_otherwise(
    stack: Stack, annotations: dict[str, str], policy: str
) -> None:
    stack.delete(stack.create(service(**annotations)))

    (deletion,) = [request for request in stack.api.writes() if request.method == "DELETE"]
    assert f'"propagationPolicy": "{policy}"' in deletion.content.decode()


def test_skip_await_does_not_wait_for_a_namespace_to_empty(stack: Stack) -> None:
    metadata = {"name": "sd", "finalizers": ["x"], "annotations": {"pulumi.com/skipAwait": "true"}}
    state = stack.create({**NAMESPACE, "metadata": metadata})

    stack.delete(state)

    assert stack.api.find("Namespace", "sd") is not None


def test_skip_await_still_waits_for_other_kinds_as_the_official_plugin_does(stack: Stack) -> None:
    inputs = held("x")
    inputs["metadata"]["annotations"] = {"pulumi.com/skipAwait": "true"}
    state = stack.create(inputs)

    with pytest.raises(CallFailedError, match="still there"):
        stack.delete(state, timeout=1e-9)


def test_a_refused_deletion_is_told(stack: Stack) -> None:
    state = stack.create(config_map({}))
    stack.api.refusal = (403, "configmaps is forbidden")

    with pytest.raises(CallFailedError, match=r"configmaps is forbidden \(HTTP 403\)"):
        stack.delete(state)
