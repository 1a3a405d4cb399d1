import json
from typing import Any

import pytest

from ops.recover.errors import RecoverError
from ops.recover.state import State, Wanted, planned
from tests.unit.ops.recover.states import NAT, TAGS, UNKNOWN, VPC, created, export, held, urn, wanted

CIPHERTEXT = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "v1:abc"}
VPC_HELD = held(VPC, "vpc", "vpc-1")
NAT_WANTED = wanted(NAT, "nat", {"__defaults": [], "vpcId": "vpc-1", "tags": {**TAGS, "__defaults": []}})


def test_what_is_adopted_comes_last_with_its_id_and_the_programs_inputs_as_outputs() -> None:
    state = State.parse(export(VPC_HELD, creating=[NAT_WANTED]))

    document = json.loads(state.adopting([(Wanted(NAT_WANTED), "ngw-1")]))

    *before, nat = document["deployment"]["resources"]
    assert before == list(state.resources)
    assert nat["inputs"] == NAT_WANTED["inputs"]
    assert (nat["id"], nat["outputs"]) == ("ngw-1", {"vpcId": "vpc-1", "tags": TAGS, "id": "ngw-1"})
    assert nat["provider"].endswith("::7"), "the provider's id is the state's, not the plan's"
    assert document["deployment"]["pending_operations"] == []


def test_secrets_stay_encrypted() -> None:
    state = State.parse(export(held(VPC, "vpc", "vpc-1", {"secret": CIPHERTEXT})))

    assert CIPHERTEXT in [
        one["inputs"].get("secret") for one in json.loads(state.adopting([]))["deployment"]["resources"]
    ]


@pytest.mark.parametrize(
    ("inputs", "known", "placed"),
    [
        ({"vpcId": "vpc-1", "tags": TAGS}, True, True),
        ({"vpcId": UNKNOWN}, False, False),
        ({"vpcId": "vpc-1", "settings": [{"id": UNKNOWN}]}, False, True),
        ({"vpcId": "vpc-1", "password": "[secret]"}, False, True),
    ],
)
def test_only_inputs_that_a_plan_tells_in_full_can_go_into_the_state(
    inputs: dict[str, Any], known: bool, placed: bool
) -> None:
    nat = Wanted(wanted(NAT, "nat", inputs))

    assert (nat.known, nat.placed) == (known, placed)


@pytest.mark.parametrize(
    ("refers", "can"),
    [
        ({}, True),
        ({"dependencies": [urn(VPC, "vpc")], "parent": urn(VPC, "vpc")}, True),
        ({"dependencies": [urn(VPC, "other")]}, False),
        ({"parent": urn("components:Network", "network")}, False),
    ],
)
def test_the_state_holds_nothing_that_refers_to_what_it_does_not_hold(refers: dict[str, Any], can: bool) -> None:
    state = State.parse(export(VPC_HELD))

    assert state.can_hold(Wanted(wanted(NAT, "nat", {}, **refers))) is can


def test_an_operation_on_what_was_made_after_all_is_none_any_more() -> None:
    state = State.parse(
        export(held(NAT, "nat", "ngw-1"), creating=[NAT_WANTED], changing=[NAT_WANTED, wanted(VPC, "v")])
    )

    assert state.died_creating == []
    assert state.died_changing == [urn(NAT, "nat")]


@pytest.mark.parametrize("regions", [(), ("cn-shanghai", "eu-central-1")])
def test_without_one_region_the_account_cannot_be_asked(regions: tuple[str, ...]) -> None:
    with pytest.raises(RecoverError, match="Mend"):
        State.parse(export(regions=regions)).region  # noqa: B018  # the property raises


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"deployment": null}'])
def test_what_is_no_state_is_said_to_be_none(text: str) -> None:
    with pytest.raises(RecoverError, match="pulumi stack export"):
        State.parse(text)


def test_a_plan_wants_what_it_creates_and_no_components_and_providers() -> None:
    component = wanted("components:Network", "network", custom=False)
    provider = wanted("pulumi:providers:kubernetes", "kubernetes")

    assert [one.name for one in planned(created(component, provider, NAT_WANTED))] == ["nat"]
    assert planned("error: no such stack") == []
