"""Who gets a key from a role, and for how long: the trust policies are those that the program's component writes."""

import json
import time
from typing import Any

import pytest

from components.github_access import trust
from lab.cloud.sts.models import ACCOUNT, USER
from tests.unit.lab.cloud.api import Api, RefusedError
from tests.unit.lab.cloud.tokens import AUDIENCE, ISSUER, github_token

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
    ims(api, "CreateOIDCProvider", IssuerUrl=ISSUER, ClientIds=AUDIENCE, Fingerprints="a,b")
    a_role(api, trust(PROVIDER, [SUBJECT]), MaxSessionDuration="7200")
    return api


def with_token(api: Api, token: str, **more: str) -> dict[str, Any]:
    wish = {"OIDCProviderArn": PROVIDER, "RoleArn": ROLE, "RoleSessionName": "job", "OIDCToken": token, **more}
    return api.rpc("sts", "AssumeRoleWithOIDC", **wish)


def refused(api: Api, token: str, **more: str) -> str:
    with pytest.raises(RefusedError) as refusal:
        with_token(api, token, **more)
    return str(refusal.value.code)


def test_a_job_of_the_environment_gets_a_key(github: Api) -> None:
    granted = with_token(github, github_token(SUBJECT), DurationSeconds="7200")

    assert granted["Credentials"]["AccessKeyId"].startswith("STS.")
    assert granted["AssumedRoleUser"]["Arn"] == "acs:ram::1234567890123456:assumed-role/deploy/job"
    assert granted["OIDCTokenInfo"]["Subject"] == SUBJECT


NO_KEY = {
    "another environment": (github_token("repo:o/n:environment:dev"), {}, "NoPermission"),
    "a fork": (github_token("repo:x/n:environment:prod"), {}, "NoPermission"),
    "another issuer": (github_token(SUBJECT, iss="https://x"), {}, "AuthenticationFail.OIDCToken.Invalid"),
    "another audience": (github_token(SUBJECT, aud="x"), {}, "AuthenticationFail.OIDCToken.Invalid"),
    "an old token": (github_token(SUBJECT, exp=time.time() - 1), {}, "AuthenticationFail.OIDCToken.Expired"),
    "one that was issued too long ago": (
        github_token(SUBJECT, iat=time.time() - 13 * 3600),
        {},
        "AuthenticationFail.OIDCToken.Expired",
    ),
    "no token": ("x", {}, "AuthenticationFail.OIDCToken.Invalid"),
    "no role": (github_token(SUBJECT), {"RoleArn": ROLE + "x"}, "EntityNotExist.Role"),
    "no provider": (github_token(SUBJECT), {"OIDCProviderArn": PROVIDER + "x"}, "EntityNotExist.OIDCProvider"),
    "too long": (github_token(SUBJECT), {"DurationSeconds": "7201"}, "InvalidParameter.DurationSeconds"),
    "too short": (github_token(SUBJECT), {"DurationSeconds": "899"}, "InvalidParameter.DurationSeconds"),
}


@pytest.mark.parametrize(("token", "more", "code"), NO_KEY.values(), ids=NO_KEY)
def test_nobody_else_does(github: Api, token: str, more: dict[str, str], code: str) -> None:
    assert refused(github, token, **more) == code


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
def test_a_subject_may_be_a_pattern(api: Api, pattern: str, fits: bool) -> None:
    ims(api, "CreateOIDCProvider", IssuerUrl=ISSUER, ClientIds=AUDIENCE)
    a_role(api, trusting({"Federated": [PROVIDER]}, Condition={"StringLike": {"oidc:sub": [pattern]}}))

    if fits:
        with_token(api, github_token(SUBJECT))
    else:
        assert refused(api, github_token(SUBJECT)) == "NoPermission"


def test_sessions_are_not_left_over(github: Api) -> None:
    with_token(github, github_token(SUBJECT))

    assert set(github.lab("GET", "/lab/left")) == {"oidc-provider", "ram-role"}


def test_an_oidc_provider_is_changed_and_deleted(api: Api) -> None:
    made = ims(api, "CreateOIDCProvider", IssuerUrl=ISSUER, ClientIds="x", Fingerprints="a")["OIDCProvider"]
    assert (made["Arn"], made["IssuanceLimitTime"]) == (PROVIDER, 12)
    with pytest.raises(RefusedError, match=r"EntityAlreadyExists\.OIDCProvider"):
        ims(api, "CreateOIDCProvider", IssuerUrl=ISSUER)

    ims(api, "UpdateOIDCProvider", NewDescription="d", ClientIds="x,y", IssuanceLimitTime="1")
    ims(api, "AddFingerprintToOIDCProvider", Fingerprint="b")
    ims(api, "RemoveFingerprintFromOIDCProvider", Fingerprint="a")

    shown = ims(api, "GetOIDCProvider")["OIDCProvider"]
    assert (shown["Description"], shown["ClientIds"], shown["IssuanceLimitTime"]) == ("d", "x,y", 1)
    assert shown["Fingerprints"] == "b"
    ims(api, "DeleteOIDCProvider")
    with pytest.raises(RefusedError, match=r"EntityNotExist\.OIDCProvider"):
        ims(api, "GetOIDCProvider")
