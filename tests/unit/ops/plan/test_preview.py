"""Reading what `pulumi preview --json` prints."""

import pytest

from ops.plan.preview import Preview, PreviewError
from tests.unit.ops.plan.samples import VPC, created, document, state


def test_a_resource_has_the_inputs_of_the_program_without_the_sdks_own_notes() -> None:
    text = created(
        state(VPC, "vpc", {"__defaults": [], "cidrBlock": "10.0.0.0/8", "list": [{"__defaults": [], "a": 1}]})
    )

    (resource,) = Preview.parse(text).resources.values()

    assert (resource.name, resource.inputs) == ("vpc", {"cidrBlock": "10.0.0.0/8", "list": [{"a": 1}]})


def test_components_and_the_stack_itself_are_no_resources() -> None:
    component = state("project:components:Network", "network", custom=False)
    stack = state("pulumi:pulumi:Stack", "project-dev", custom=False)

    assert Preview.parse(created(stack, component)).resources == {}


def test_the_id_of_a_provider_which_differs_at_every_preview_is_left_out() -> None:
    (resource,) = Preview.parse(created(state(VPC, "vpc", provider="urn:pulumi:x::p::1234"))).resources.values()

    assert resource.provider == "urn:pulumi:x::p"


def test_errors_and_warnings_are_told_apart() -> None:
    said = [{"severity": "warning", "message": "warning: old\n"}, {"severity": "error", "message": "error: broken\n"}]

    preview = Preview.parse(document([], diagnostics=said))

    assert (preview.warnings, preview.errors) == (("old",), ("broken",))


@pytest.mark.parametrize(
    ("written", "expected"),
    [('{"maxHourly": 4}', {"maxHourly": 4}), ("true", True), ("default", "default"), (None, None)],
)
def test_a_setting_is_decoded(written: str | None, expected: object) -> None:
    config = {} if written is None else {"project:budget": written}

    assert Preview.parse(document([], config=config)).setting("budget") == expected


@pytest.mark.parametrize("text", ["", "oops", "[]", '{"steps": [{}]}', '{"steps": [3]}', '{"diagnostics": [1]}'])
def test_what_is_no_plan_is_answered_with_how_to_make_one(text: str) -> None:
    with pytest.raises(PreviewError, match="pulumi preview --json"):
        Preview.parse(text)
