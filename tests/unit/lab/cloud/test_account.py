"""The account as a whole: restarts, the lab's own commands, and starting afresh."""

from pathlib import Path

import pytest

from lab.cloud.account import Account
from lab.cloud.settings import Settings
from lab.cloud.store import Store
from tests.unit.lab.cloud.api import Api, RefusedError
from tests.unit.lab.cloud.fakes import FakeHands


def test_nothing_is_left_in_an_empty_account(account: Account, api: Api) -> None:
    assert account.left() == {}
    assert api.lab("GET", "/lab/left") == {}


def test_a_reset_takes_everything_even_a_protected_cluster(api: Api, account: Account, hands: FakeHands) -> None:
    cluster = api.cluster(deletion_protection=True)
    api.pool(cluster, scaling_group={"desired_size": 2})

    assert api.lab("POST", "/lab/reset") == {}
    assert hands.deleted == [cluster]
    assert account.left() == {}


def test_settings_can_be_read_and_changed_while_the_account_runs(api: Api, account: Account) -> None:
    assert api.lab("GET", "/lab/settings")["idle_seconds"] == 30

    assert api.lab("PUT", "/lab/settings", {"idle_seconds": 5})["idle_seconds"] == 5
    assert account.knobs.now == Settings(node_boot_seconds=0, idle_seconds=5)


@pytest.mark.parametrize(
    ("fields", "fault"),
    [({"idle": 5}, "idle: Extra inputs"), ({"idle_seconds": -1}, "idle_seconds: Input should be greater")],
)
def test_a_bad_setting_is_refused_with_those_there_are(api: Api, fields: dict[str, float], fault: str) -> None:
    with pytest.raises(RefusedError) as refused:
        api.lab("PUT", "/lab/settings", fields)

    assert fault in str(refused.value)
    assert "settings are backoff_seconds, cluster_seconds, drain_seconds, idle_seconds" in str(refused.value)


def test_unknown_calls_are_listed_once(api: Api, account: Account) -> None:
    for _ in range(2):
        with pytest.raises(RefusedError):
            api.rpc("ecs", "RunInstances")

    assert account.unknown_calls == ["ecs RunInstances"]


def test_a_transaction_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    store = Store(tmp_path / "x.db")

    def fail_half_way() -> None:
        with store.transaction():
            store.put("a", "1", {})
            with store.transaction():
                store.put("a", "2", {})
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_half_way()
    assert store.all("a") == []


def test_documents_keep_their_order_and_place_when_they_change(tmp_path: Path) -> None:
    store = Store(tmp_path / "x.db")
    for identity in ("b", "a", "c"):
        store.put("k", identity, {"id": identity})
    store.put("k", "b", {"id": "b", "new": True})

    assert [document["id"] for document in store.all("k")] == ["b", "a", "c"]
    assert store.identities() == {"k": ["b", "a", "c"]}
