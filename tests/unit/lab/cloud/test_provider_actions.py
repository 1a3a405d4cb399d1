"""The account knows every action that the provider can ask for; what the answers say is the other tests' matter."""

import contextlib
from pathlib import Path

import pytest
import yaml

from lab.cloud.account import Account
from tests.unit.lab.cloud.api import Api, RefusedError

LISTS = yaml.safe_load(Path(__file__).with_name("provider_actions.yaml").read_text())
HOSTS = {"bss": "business"}
ACTIONS = [(product, action) for product, rows in LISTS.items() for row in rows for action in row]


@pytest.mark.parametrize("product", LISTS)
def test_every_action_that_the_components_can_lead_to_is_known(account: Account, api: Api, product: str) -> None:
    for asked, action in ACTIONS:
        if asked != product:
            continue
        method, _, path = action.rpartition(" ")
        with contextlib.suppress(RefusedError):
            if method:
                api.cs(method, path, {})
            else:
                api.rpc(HOSTS.get(product, product), action)

    assert account.unknown_calls == []


def test_an_action_that_is_not_there_would_be_named(account: Account, api: Api) -> None:
    with pytest.raises(RefusedError):
        api.rpc("vpc", "DescribeNoSuchThing")

    assert account.unknown_calls == ["vpc DescribeNoSuchThing"]
