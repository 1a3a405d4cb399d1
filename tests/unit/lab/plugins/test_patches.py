import pytest
from google.protobuf import empty_pb2
from pulumi.runtime.proto import provider_pb2 as pb

from tests.unit.lab.plugins.calls import CallContext, CallFailedError, Stack, urn_of
from tests.unit.lab.plugins.samples import config_map

URN = urn_of(config_map({}), patch=True)
SHIPPED = config_map({"domain": "example.com", "window": "60s"})


@pytest.fixture(autouse=True)
def shipped(stack: Stack) -> None:
    stack.api.put(SHIPPED)


def data(stack: Stack) -> dict[str, str]:
    found = stack.api.find("ConfigMap", "settings")
    assert found is not None
    content: dict[str, str] = found["data"]
    return content


def test_a_patch_sets_its_own_keys_and_leaves_the_others(stack: Stack) -> None:
    stack.create(config_map({"flag": "on"}), URN)

    assert data(stack) == {"domain": "example.com", "window": "60s", "flag": "on"}


def test_a_patch_does_not_make_the_object(stack: Stack) -> None:
    stack.api.objects.clear()
    stack.provider.Cancel(empty_pb2.Empty(), CallContext())  # no half minute of patience

    with pytest.raises(
        CallFailedError, match="ConfigMap settings is not there to be patched\nMake this resource depend"
    ):
        stack.create(config_map({"flag": "on"}), URN)


def test_deleting_a_patch_gives_its_keys_back_and_keeps_the_object(stack: Stack) -> None:
    state = stack.create(config_map({"flag": "on"}), URN)

    stack.delete(state, URN)

    assert data(stack) == {"domain": "example.com", "window": "60s"}


def test_deleting_a_patch_of_an_object_that_is_gone_is_fine(stack: Stack) -> None:
    state = stack.create(config_map({"flag": "on"}), URN)
    stack.api.objects.clear()

    stack.delete(state, URN)

    assert stack.api.objects == {}


def test_a_field_that_the_object_needs_cannot_be_given_back(stack: Stack) -> None:
    state = stack.create(config_map({"flag": "on"}), URN)
    stack.api.refusal = (422, "spec.x: Required value")

    with pytest.raises(
        CallFailedError, match=r"cannot do without what this patch set: .*Required value.*\n.*retain_on_d"
    ):
        stack.delete(state, URN)


def test_a_key_that_somebody_else_set_needs_force(stack: Stack) -> None:
    with pytest.raises(CallFailedError, match="patchForce"):
        stack.create(config_map({"window": "40s"}), URN)

    stack.create(config_map({"window": "40s"}, annotations={"pulumi.com/patchForce": "true"}), URN)

    assert data(stack)["window"] == "40s"


def test_content_of_a_patched_config_map_changes_in_place(stack: Stack) -> None:
    state = stack.create(config_map({"flag": "on"}), URN)

    answer = stack.diff(state, config_map({"flag": "off"}), URN)

    assert answer.detailedDiff["data.flag"].kind == pb.PropertyDiff.UPDATE
    assert list(answer.replaces) == []


def test_keys_of_others_are_no_drift(stack: Stack) -> None:
    state = stack.create(config_map({"flag": "on"}), URN)
    stack.api.put(config_map({"domain": "changed"}))

    assert stack.diff(state, config_map({"flag": "on"}), URN).changes == pb.DiffResponse.DIFF_NONE
