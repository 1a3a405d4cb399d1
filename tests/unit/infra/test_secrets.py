"""What is encrypted in a stack file is shown nowhere, and what should be encrypted must be."""

from typing import Any

import pytest

from infra.settings.problem import report
from tests.unit.infra.samples import found, guide, loaded

PASSWORD = "correct horse"
LOGIN = {"user": "studio", "password": PASSWORD}
ENCRYPTED = frozenset({"services"})


def test_an_encrypted_password_is_taken() -> None:
    login = loaded(guide(services__sd__login=LOGIN), secret=ENCRYPTED).settings.services["sd"].login

    assert login
    assert login.password.get_secret_value() == PASSWORD
    assert PASSWORD not in repr(login)


def test_a_password_in_clear_text_is_refused_with_the_command_that_encrypts_it() -> None:
    problem = found(guide(services__sd__login=LOGIN))["services.sd.login.password"]

    assert problem.mend == "pulumi config set --secret --path 'services.sd.login.password'"
    assert PASSWORD not in str(problem)


MISTAKES: dict[str, dict[str, Any]] = {
    "too short": {"user": "studio", "password": "horse"},
    "a number": {"user": "studio", "password": 48151623},
    "under a misspelt key": {"user": "studio", "pasword": PASSWORD},
    "in the place of the user": {"user": f"{PASSWORD}:x", "password": PASSWORD},
    "a list": {"user": "studio", "password": [PASSWORD]},
}


@pytest.mark.parametrize("encrypted", [ENCRYPTED, frozenset()])
@pytest.mark.parametrize("login", MISTAKES.values(), ids=MISTAKES.keys())
def test_no_message_shows_a_password(login: dict[str, Any], encrypted: frozenset[str]) -> None:
    if not encrypted and ":" in login["user"]:
        login = {**login, "user": "a:b"}

    problems = found(guide(services__sd__login=login), secret=encrypted)

    text = report(list(problems.values()), "test")
    assert problems
    for part in ("horse", "48151623"):
        assert part not in text


def test_an_encrypted_text_in_the_wrong_place_is_not_shown_either() -> None:
    raw = guide(services__sd__image="super secret", services__sd__pool="secret-pool", services__sd__port="8o")

    text = report(list(found(raw, secret=ENCRYPTED).values()), "test")

    assert "services.sd.image" in text
    assert not any(part in text for part in ("super secret", "secret-pool", "8o"))
