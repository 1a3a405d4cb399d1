"""The plan of the kills; what they do is seen on the lab."""

from tests.lab.kills import LIFE_SECONDS, VICTIMS, plans


def test_the_kills_are_the_same_every_time_and_have_every_victim() -> None:
    planned = plans(len(VICTIMS))

    assert planned == plans(len(VICTIMS))
    assert {plan.victim for plan in planned} == set(VICTIMS)
    assert all(0 <= plan.moment <= LIFE_SECONDS for plan in planned)


def test_a_shorter_run_is_the_beginning_of_a_longer_one() -> None:
    assert plans(20)[:4] == plans(4)
