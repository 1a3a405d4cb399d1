import base64
from typing import Any

import pytest

from lab.plugins.kubernetes.diff import Kind, Path, changes, dotted, fixed, parse, seen, within

PATHS: list[tuple[Path, str]] = [
    (("spec", "template", "image"), "spec.template.image"),
    (("spec", "containers", 0, "env", 12), "spec.containers[0].env[12]"),
    (("metadata", "annotations", "pulumi.com/waitFor"), 'metadata.annotations["pulumi.com/waitFor"]'),
    (("data", 'say "hi".'), 'data["say \\"hi\\"."]'),
]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ({"a": 1}, {"a": 1}, {}),
        ({"a": 1}, {"a": 2}, {"a": Kind.UPDATE}),
        ({"a": 1}, {"a": "1"}, {"a": Kind.UPDATE}),
        ({}, {"a": {"b": 1}}, {"a": Kind.ADD}),
        ({"a": {"b": 1}}, {}, {"a": Kind.DELETE}),
        ({"a": {"b": 1, "c": 2}}, {"a": {"b": 1, "c": 3}}, {"a.c": Kind.UPDATE}),
        ({"l": [1, 2]}, {"l": [1, 3]}, {"l[1]": Kind.UPDATE}),
        ({"l": [1]}, {"l": [1, 2]}, {"l[1]": Kind.ADD}),
        ({"l": [1, 2]}, {"l": [1]}, {"l[1]": Kind.DELETE}),
        ({"l": [{"n": "a", "v": 1}]}, {"l": [{"n": "a", "v": 2}]}, {"l[0].v": Kind.UPDATE}),
        ({"a": {"b": 1}}, {"a": [1]}, {"a": Kind.UPDATE}),
    ],
)
def test_differences_are_found_leaf_by_leaf(old: Any, new: Any, expected: dict[str, Kind]) -> None:
    assert {str(change): change.kind for change in changes(old, new)} == expected


@pytest.mark.parametrize(("path", "text"), PATHS)
def test_paths_are_written_as_the_engine_writes_them_and_read_back(path: Path, text: str) -> None:
    assert dotted(path) == text
    assert parse(text) == path


@pytest.mark.parametrize(
    ("path", "outer", "expected"),
    [
        ("spec.replicas", "spec", True),
        ("spec.replicas", "spec.replicas", True),
        ("spec.replicasMax", "spec.replicas", False),
        ("spec", "spec.replicas", False),
        ("spec.containers[2].image", "spec.containers[*].image", True),
        ("spec.containers[2].image", "spec.containers[1].image", False),
    ],
)
def test_a_path_lies_within_what_encloses_it(path: str, outer: str, expected: bool) -> None:
    assert within(parse(path), parse(outer)) is expected


def test_fields_that_the_inputs_do_not_speak_about_are_no_drift() -> None:
    live = {"kind": "X", "spec": {"a": 1, "default": 2, "list": [{"n": 1, "added": 2}, {"n": 9}]}, "status": {}}

    assert seen(live, {"kind": "X", "spec": {"a": 5, "list": [{"n": 1}]}}) == {
        "kind": "X",
        "spec": {"a": 1, "list": [{"n": 1}]},
    }


def test_string_data_of_a_secret_is_looked_for_in_its_data() -> None:
    live = {"kind": "Secret", "data": {"token": base64.b64encode(b"x").decode(), "other": "eQ=="}}

    assert seen(live, {"kind": "Secret", "stringData": {"token": "old", "gone": "z"}}) == {
        "kind": "Secret",
        "stringData": {"token": "x"},
    }


@pytest.mark.parametrize(
    ("obj", "path", "expected"),
    [
        ({"apiVersion": "v1", "kind": "Namespace"}, "metadata.name", True),
        ({"apiVersion": "v1", "kind": "ConfigMap"}, "data.key", True),
        ({"apiVersion": "v1", "kind": "Secret"}, "stringData.token", True),
        ({"apiVersion": "v1", "kind": "Secret"}, "metadata.labels.a", False),
        ({"apiVersion": "apps/v1", "kind": "Deployment"}, "spec.selector.matchLabels.app", True),
        ({"apiVersion": "apps/v1", "kind": "Deployment"}, "spec.replicas", False),
        ({"apiVersion": "serving.knative.dev/v1", "kind": "Service"}, "spec.clusterIP", False),
        ({"apiVersion": "v1", "kind": "Service"}, "spec.clusterIP", True),
        ({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding"}, "roleRef.name", True),
    ],
)
def test_some_fields_force_a_replacement_whatever_the_server_would_allow(
    obj: dict[str, Any], path: str, expected: bool
) -> None:
    assert any(within(parse(path), outer) for outer in fixed(obj)) is expected


def test_content_changes_in_place_where_the_provider_says_so_unless_the_object_is_immutable() -> None:
    secret = {"apiVersion": "v1", "kind": "Secret"}

    assert ("data",) not in fixed(secret, mutable=frozenset({"Secret"}))
    assert ("data",) in fixed({**secret, "immutable": True}, mutable=frozenset({"Secret"}))
