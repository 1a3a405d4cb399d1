from typing import Any

import pytest

from lab.plugins.kubernetes.convert import secret
from tests.unit.lab.plugins.calls import CallFailedError, Stack, urn_of
from tests.unit.lab.plugins.samples import config_map, deployment, service

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"


def defaults(obj: dict[str, Any]) -> None:
    obj.setdefault("spec", {})["timeoutSeconds"] = 300
    obj["status"] = {}


def test_a_dry_run_shows_what_the_server_would_store_and_leaves_no_trace(stack: Stack) -> None:
    stack.api.webhooks.append(defaults)

    outputs = stack.create(service(), preview=True)

    assert outputs["spec"]["timeoutSeconds"] == 300
    assert stack.api.writes() == []
    assert stack.api.objects == {}


def test_the_status_is_not_known_at_preview(stack: Stack) -> None:
    stack.api.webhooks.append(defaults)

    assert "status" not in stack.create(service(), preview=True)


def test_a_refusal_by_the_server_fails_the_preview(stack: Stack) -> None:
    stack.api.refusal = (400, "must not set the field(s): spec.template.spec.nodeSelector")

    with pytest.raises(CallFailedError, match="nodeSelector"):
        stack.create(service(), preview=True)


@pytest.mark.parametrize(
    "inputs",
    [
        service(image=UNKNOWN),
        {**service(), "apiVersion": "not.served/v1"},
        {**service(), "kind": "NotServed"},
        config_map({}, namespace="comes-with-this-update"),
    ],
    ids=["unknown input", "unknown group", "unknown kind", "unknown namespace"],
)
def test_what_the_server_cannot_be_asked_yet_is_previewed_from_the_inputs(stack: Stack, inputs: dict[str, Any]) -> None:
    assert stack.create(inputs, preview=True) == inputs


def test_unknown_inputs_cause_no_call_at_all(stack: Stack) -> None:
    stack.create(service(image=UNKNOWN), preview=True)

    assert stack.api.requests == []


def test_a_cluster_that_does_not_answer_does_not_fail_the_preview_of_a_creation(stack: Stack) -> None:
    stack.api.down = True

    assert stack.create(service(), preview=True) == service()


def test_missing_rights_do_not_fail_a_preview(stack: Stack) -> None:
    stack.api.refusal = (403, "forbidden")

    assert stack.create(service(), preview=True) == service()


def test_a_replacement_is_previewed_although_its_predecessor_is_still_there(stack: Stack) -> None:
    stack.api.immutable["Deployment"] = ("spec", "selector", "matchLabels", "app")
    stack.api.put(deployment("old"))

    assert stack.create(deployment("new"), preview=True) == deployment("new")


def test_a_patch_is_not_asked_for_at_preview_because_its_object_may_come_with_this_update(stack: Stack) -> None:
    inputs = config_map({"a": "1"})

    assert stack.create(inputs, urn_of(inputs, patch=True), preview=True) == inputs
    assert stack.api.requests == []


def test_an_update_is_tried_out_too(stack: Stack) -> None:
    state = stack.create(service("sd:1"))
    stack.api.webhooks.append(defaults)

    outputs = stack.update(state, service("sd:2"), preview=True)

    assert outputs["spec"]["timeoutSeconds"] == 300
    assert len(stack.api.writes()) == 1


def test_secrets_stay_secret_in_a_preview(stack: Stack) -> None:
    outputs = stack.create(config_map({"a": secret("b")}), preview=True)  # type: ignore[dict-item]

    assert outputs["data"] == {"a": secret("b")}
