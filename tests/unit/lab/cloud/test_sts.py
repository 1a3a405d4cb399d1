"""Who gets a key from a role, and for how long: the trust policies are those that the program's component writes."""

import base64
import json
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from components.github_access import trust
from lab.cloud.sts.issuer import AUDIENCE, GITHUB, Issuer
from lab.cloud.sts.models import ACCOUNT, USER
from tests.unit.lab.cloud.api import Api, RefusedError

PROVIDER = "acs:ram::1234567890123456:oidc-provider/github"
ROLE = "acs:ram::1234567890123456:role/deploy"
SUBJECT = "repo:o/n:environment:prod"


def ims(api: Api, action: str, **parameters: str) -> dict[str, Any]:
    return api.rpc("ims", action, OIDCProviderName="github", **parameters)


def a_role(api: Api, document: str, **more: str) -> None:
    api.rpc("ram", "CreateRole", RoleName="deploy", AssumeRolePolicyDocument=document, **more)


def trusting(principal: dict[str, list[str]], **more: Any) -> str:
    statement = {"Action": "sts:AssumeRole", "Effect": "Allow", "Principal": principal, **more}
    return json.dumps({"Version": "1", "Statement": [statement]})


@pytest.fixture
def github(api: Api) -> Api:
    ims(api, "CreateOIDCProvider", IssuerUrl=GITHUB, ClientIds=AUDIENCE, Fingerprints="a,b")
    a_role(api, trust(PROVIDER, [SUBJECT]), MaxSessionDuration="7200")
    return api


@pytest.fixture
def issuer(tmp_path: Path, one_key: Path) -> Issuer:
    """Of this account; its key is made once for all tests, as it takes a moment."""
    shutil.copy(one_key / "oidc.key", tmp_path)
    return Issuer(tmp_path)


@pytest.fixture(scope="module")
def one_key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("key")
    Issuer(folder).token("")
    return folder


def with_token(api: Api, token: str, **more: str) -> dict[str, Any]:
    wish = {"OIDCProviderArn": PROVIDER, "RoleArn": ROLE, "RoleSessionName": "job", "OIDCToken": token, **more}
    return api.rpc("sts", "AssumeRoleWithOIDC", **wish)


def refused(api: Api, token: str, **more: str) -> str:
    with pytest.raises(RefusedError) as refusal:
        with_token(api, token, **more)
    return str(refusal.value.code)


def test_a_job_of_the_environment_gets_a_key(github: Api, issuer: Issuer) -> None:
    granted = with_token(github, issuer.token(SUBJECT), DurationSeconds="7200")

    assert granted["Credentials"]["AccessKeyId"].startswith("STS.")
    assert granted["AssumedRoleUser"]["Arn"] == "acs:ram::1234567890123456:assumed-role/deploy/job"
    assert granted["OIDCTokenInfo"]["Subject"] == SUBJECT


NO_PERMISSION, TOKEN = "AuthenticationFail.NoPermission", "AuthenticationFail.OIDCToken"
# Claims of the token, parameters of the call, code.
NO_KEY: dict[str, tuple[dict[str, Any], dict[str, str], str]] = {
    "another environment": ({"sub": "repo:o/n:environment:dev"}, {}, NO_PERMISSION),
    "a fork": ({"sub": "repo:x/n:environment:prod"}, {}, NO_PERMISSION),
    "another issuer": ({"iss": "https://x"}, {}, f"{TOKEN}.Invalid"),
    "another audience": ({"aud": "x"}, {}, f"{TOKEN}.AudienceNotMatch"),
    "an old token": ({"exp": time.time() - 1}, {}, f"{TOKEN}.Expired"),
    "one that was issued too long ago": ({"iat": time.time() - 13 * 3600}, {}, f"{TOKEN}.Expired"),
    "a token that claims too little": ({"aud": None}, {}, f"{TOKEN}.AudienceNotMatch"),
    "a time that is none": ({"exp": "tomorrow"}, {}, f"{TOKEN}.Invalid"),
    "no role": ({}, {"RoleArn": ROLE + "x"}, "EntityNotExist.Role"),
    "no provider": ({}, {"OIDCProviderArn": PROVIDER + "x"}, NO_PERMISSION),
    "too long": ({}, {"DurationSeconds": "7201"}, "InvalidParameter.DurationSeconds"),
    "too short": ({}, {"DurationSeconds": "899"}, "InvalidParameter.DurationSeconds"),
}


@pytest.mark.parametrize(("claims", "more", "code"), NO_KEY.values(), ids=NO_KEY)
def test_nobody_else_does(github: Api, issuer: Issuer, claims: dict[str, Any], more: dict[str, str], code: str) -> None:
    assert refused(github, issuer.token(SUBJECT, **claims), **more) == code


def _with(token: str, number: int, part: bytes) -> str:
    parts = token.split(".")
    parts[number] = base64.urlsafe_b64encode(part).decode().rstrip("=")
    return ".".join(parts)


def _claims(token: str, subject: str) -> bytes:
    """Those of the token, but for the subject."""
    said = json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))
    return json.dumps({**said, "sub": subject}).encode()


FORGED: dict[str, tuple[Callable[[str], str], str]] = {
    "another's signature": (lambda token: _with(token, 2, b"signed"), "InvalidSignature"),
    "no signature": (lambda token: f"{token.rpartition('.')[0]}.", "InvalidSignature"),
    "signed in another way": (lambda token: _with(token, 0, b'{"alg": "none"}'), "Invalid"),
    "a header that was changed": (lambda token: _with(token, 0, b'{"alg": "RS256", "x": 1}'), "InvalidSignature"),
    "claims that were changed": (
        lambda token: _with(token, 1, _claims(token, "repo:o/n:pull_request")),
        "InvalidSignature",
    ),
    "no claims": (lambda token: _with(token, 1, b"[]"), "Invalid"),
    "what is no JSON": (lambda token: _with(token, 1, b"x"), "Invalid"),
    "what is not encoded": (lambda token: f"{token.rpartition('.')[0]}.x", "Invalid"),
    "two parts": (lambda token: token.rpartition(".")[0], "Invalid"),
}


@pytest.mark.parametrize(("forge", "code"), FORGED.values(), ids=FORGED)
def test_a_token_that_its_issuer_did_not_sign_opens_nothing(
    github: Api, issuer: Issuer, forge: Callable[[str], str], code: str
) -> None:
    assert refused(github, forge(issuer.token(SUBJECT))) == f"{TOKEN}.{code}"


def test_the_issuers_key_stays_and_is_no_other_accounts(tmp_path: Path) -> None:
    text, _, signature = Issuer(tmp_path / "a").token(SUBJECT).rpartition(".")
    signed = base64.urlsafe_b64decode(signature + "==")

    assert Issuer(tmp_path / "a").has_signed(text, signed)
    assert not Issuer(tmp_path / "b").has_signed(text, signed)


@pytest.mark.parametrize("principal", [ACCOUNT, USER])
def test_a_role_is_taken_by_those_whom_it_trusts(api: Api, principal: str) -> None:
    a_role(api, trusting({"RAM": [principal]}))

    granted = api.rpc("sts", "AssumeRole", RoleArn=ROLE, RoleSessionName="me")
    assert granted["AssumedRoleUser"]["AssumedRoleId"].endswith(":me")


UNTRUSTED = {
    "another user": trusting({"RAM": ["acs:ram::1234567890123456:user/other"]}),
    "a service": trusting({"Service": ["ecs.aliyuncs.com"]}),
    "the account, forbidden": trusting({"RAM": [ACCOUNT]}, Effect="Deny"),
    "another action": trusting({"RAM": [ACCOUNT]}, Action="sts:Other"),
    "an operator that is not known": trusting({"RAM": [ACCOUNT]}, Condition={"IpAddress": {"x": "y"}}),
}


@pytest.mark.parametrize("document", UNTRUSTED.values(), ids=UNTRUSTED)
def test_and_by_nobody_else(api: Api, document: str) -> None:
    a_role(api, document)

    with pytest.raises(RefusedError, match="NoPermission"):
        api.rpc("sts", "AssumeRole", RoleArn=ROLE, RoleSessionName="me")


@pytest.mark.parametrize(("pattern", "fits"), [("repo:o/n:environment:*", True), ("repo:o/m:*", False)])
def test_a_subject_may_be_a_pattern(api: Api, issuer: Issuer, pattern: str, fits: bool) -> None:
    ims(api, "CreateOIDCProvider", IssuerUrl=GITHUB, ClientIds=AUDIENCE)
    a_role(api, trusting({"Federated": [PROVIDER]}, Condition={"StringLike": {"oidc:sub": [pattern]}}))

    if fits:
        with_token(api, issuer.token(SUBJECT))
    else:
        assert refused(api, issuer.token(SUBJECT)) == NO_PERMISSION


def test_sessions_are_not_left_over(github: Api, issuer: Issuer) -> None:
    with_token(github, issuer.token(SUBJECT))

    assert set(github.lab("GET", "/lab/left")) == {"oidc-provider", "ram-role"}


def test_an_oidc_provider_is_changed_and_deleted(api: Api) -> None:
    made = ims(api, "CreateOIDCProvider", IssuerUrl=GITHUB, ClientIds="x", Fingerprints="a")["OIDCProvider"]
    assert (made["Arn"], made["IssuanceLimitTime"]) == (PROVIDER, 12)
    with pytest.raises(RefusedError, match=r"EntityAlreadyExists\.OIDCProvider"):
        ims(api, "CreateOIDCProvider", IssuerUrl=GITHUB)

    ims(api, "UpdateOIDCProvider", NewDescription="d", ClientIds="x,y", IssuanceLimitTime="1")
    ims(api, "AddFingerprintToOIDCProvider", Fingerprint="b")
    ims(api, "RemoveFingerprintFromOIDCProvider", Fingerprint="a")

    shown = ims(api, "GetOIDCProvider")["OIDCProvider"]
    assert (shown["Description"], shown["ClientIds"], shown["IssuanceLimitTime"]) == ("d", "x,y", 1)
    assert shown["Fingerprints"] == "b"
    ims(api, "DeleteOIDCProvider")
    with pytest.raises(RefusedError, match=r"EntityNotExist\.OIDCProvider"):
        ims(api, "GetOIDCProvider")
