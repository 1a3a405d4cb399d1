from typing import Any

import pytest

from lab.plugins.kubernetes.convert import dump, has_unknown, hide, is_secret, load, reveal, secret

UNKNOWN_STRING = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
UNKNOWN_OBJECT = "dd056dcd-154b-4c76-9bd3-c8f88648b5ff"


def test_whole_numbers_come_back_as_integers_because_the_api_server_refuses_1_0() -> None:
    tree = load(dump({"replicas": 3, "ratio": 0.5, "ports": [80, {"port": 443}], "on": True, "none": None}))

    assert tree == {"replicas": 3, "ratio": 0.5, "ports": [80, {"port": 443}], "on": True, "none": None}
    assert isinstance(tree["replicas"], int)
    assert isinstance(tree["ports"][1]["port"], int)


def test_secrets_are_laid_open_however_deep_they_are() -> None:
    tree = {"a": secret({"b": secret("x")}), "list": [secret(1)]}

    assert reveal(tree) == {"a": {"b": "x"}, "list": [1]}


@pytest.mark.parametrize(
    ("tree", "expected"),
    [
        ({"a": [{"b": UNKNOWN_STRING}]}, True),
        ({"a": UNKNOWN_OBJECT}, True),
        (secret(UNKNOWN_STRING), True),
        ({"a": [{"b": "known"}], "c": 1, "d": None}, False),
    ],
)
def test_values_known_only_during_the_update_are_found(tree: Any, expected: bool) -> None:
    assert has_unknown(tree) is expected


def test_an_output_is_secret_where_its_input_is() -> None:
    outputs = {"data": {"token": "x", "user": "u"}, "kind": "Secret", "status": {"ok": True}}

    hidden = hide(outputs, {"data": {"token": secret("x"), "user": "u"}, "kind": "Secret"})

    assert hidden == {"data": {"token": secret("x"), "user": "u"}, "kind": "Secret", "status": {"ok": True}}


def test_a_secret_map_hides_the_whole_output() -> None:
    assert is_secret(hide({"data": {"a": "1"}}, {"data": secret({"a": "1"})})["data"])


def test_a_list_with_one_secret_is_secret_as_a_whole_because_the_server_may_reorder_it() -> None:
    assert is_secret(hide({"env": ["a", "b"]}, {"env": ["a", secret("b")]})["env"])
