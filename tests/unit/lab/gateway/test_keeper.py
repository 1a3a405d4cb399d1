import pytest

from lab.gateway.keeper import Keeper, KeeperError


def test_one_that_does_not_stay_up_is_given_up_with_its_name_and_status() -> None:
    with pytest.raises(KeeperError, match="Envoy ended with status 7 soon after each of 3 starts"):
        Keeper({"Envoy": ["sh", "-c", "exit 7"]}).run()
