"""An account over a cluster that only remembers, and the API calls against it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from lab.cloud.account import Account
from lab.cloud.ack.autoscaler import Autoscaler
from lab.cloud.settings import Settings
from tests.unit.lab.cloud.api import Api
from tests.unit.lab.cloud.fakes import Clock, FakeHands


@pytest.fixture
def hands() -> FakeHands:
    return FakeHands()


@pytest.fixture
def account(tmp_path: Path, hands: FakeHands) -> Iterator[Account]:
    """Its threads are not started: a test that wants the autoscaler to look says so."""
    account = Account(tmp_path, hands, Settings(node_boot_seconds=0))
    yield account
    account.stop()


@pytest.fixture
def api(account: Account) -> Iterator[Api]:
    api = Api(account.app)
    yield api
    api.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def autoscaler(account: Account, hands: FakeHands, clock: Clock) -> Autoscaler:
    return Autoscaler(account.container_service, hands, account.knobs, clock)
