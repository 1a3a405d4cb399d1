"""STS through the vendor's SDK, and the keys it gives through the SDKs of products that sign in different ways."""

import json
from collections.abc import Iterator

import pytest

from components.github_access import trust
from lab.cloud.sts.issuer import AUDIENCE, GITHUB, Issuer
from lab.cloud.sts.models import ACCOUNT
from tests.sdk.conftest import Open
from tests.sdk.vendor import Vendor
from tests.unit.lab.layouts import LayoutInFolder

ROLE = "acs:ram::1234567890123456:role/deploy"
PROVIDER = "acs:ram::1234567890123456:oidc-provider/github"
SUBJECT = "repo:o/n:environment:prod"
TRUSTS_THE_ACCOUNT = json.dumps(
    {"Statement": [{"Action": "sts:AssumeRole", "Effect": "Allow", "Principal": {"RAM": [ACCOUNT]}}]}
)
WISH = {"RoleArn": ROLE, "RoleSessionName": "job"}


@pytest.fixture
def ram(sdk: Open) -> Iterator[Vendor]:
    ram = sdk("ram")
    ram.call("CreateRole", RoleName="deploy", AssumeRolePolicyDocument=TRUSTS_THE_ACCOUNT)
    yield ram
    ram.call("DeleteRole", RoleName="deploy")


def key(granted: object) -> tuple[str, str, str]:
    credentials = granted.credentials  # type: ignore[attr-defined]
    return credentials.access_key_id, credentials.access_key_secret, credentials.security_token


def test_a_role_s_key_opens_every_kind_of_product_once_a_policy_allows_it(sdk: Open, ram: Vendor) -> None:
    temporary = key(sdk("sts").call("AssumeRole", **WISH, DurationSeconds=900))

    who = sdk("sts", temporary).call("GetCallerIdentity")
    assert (who.identity_type, who.arn) == ("AssumedRoleUser", "acs:ram::1234567890123456:assumed-role/deploy/job")
    assert sdk("vpc", temporary).refused("DescribeVpcs", RegionId="cn-shanghai") == "Forbidden.RAM"
    assert sdk("cs", temporary).refused("DescribeClustersV1") == "StatusForbidden"
    assert sdk("sls", temporary).refused("ListProject") == "Unauthorized"
    assert sdk("ram", temporary).refused("GetRole", RoleName="deploy") == "NoPermission"

    may_read = {"RoleName": "deploy", "PolicyName": "ReadOnlyAccess", "PolicyType": "System"}
    ram.call("AttachPolicyToRole", **may_read)
    assert sdk("vpc", temporary).call("DescribeVpcs", RegionId="cn-shanghai").total_count == 0
    assert sdk("cs", temporary).call("DescribeClustersV1").clusters == []
    assert sdk("sls", temporary).call("ListProject").projects == []
    assert sdk("vpc", temporary).refused("CreateVpc", RegionId="cn-shanghai") == "Forbidden.RAM"
    ram.call("DetachPolicyFromRole", **may_read)


def test_without_its_token_or_with_another_s_it_opens_nothing(sdk: Open, ram: Vendor) -> None:
    access_key, secret, _ = key(sdk("sts").call("AssumeRole", **WISH))
    *_, other = key(sdk("sts").call("AssumeRole", **WISH))
    region = {"RegionId": "cn-shanghai"}

    assert sdk("vpc", (access_key, secret)).refused("DescribeVpcs", **region) == "MissingSecurityToken"
    wrong = sdk("vpc", (access_key, secret, other)).refused("DescribeVpcs", **region)
    assert wrong == "InvalidSecurityToken.MismatchWithAccessKey"


def test_a_job_of_github_takes_a_role_without_a_key(sdk: Open, ram: Vendor, layout: LayoutInFolder) -> None:
    ims, named = sdk("ims"), {"OIDCProviderName": "github"}
    about = {"IssuerUrl": GITHUB, "ClientIds": AUDIENCE, "Fingerprints": "a", "IssuanceLimitTime": 6}
    assert ims.call("CreateOIDCProvider", **named, **about).oidcprovider.arn == PROVIDER
    ims.call("UpdateOIDCProvider", **named, NewDescription="GitHub")
    ims.call("AddFingerprintToOIDCProvider", **named, Fingerprint="b")
    ims.call("RemoveFingerprintFromOIDCProvider", **named, Fingerprint="a")
    [listed] = ims.call("ListOIDCProviders").oidcproviders.oidcprovider
    assert listed.arn == PROVIDER
    assert ims.call("GetOIDCProvider", **named).oidcprovider.fingerprints == "b"
    ram.call("UpdateRole", RoleName="deploy", NewAssumeRolePolicyDocument=trust(PROVIDER, [SUBJECT]))

    nobody, issuer = sdk("sts", ("", "")), Issuer(layout.cloud)
    wish = {**WISH, "OIDCProviderArn": PROVIDER}
    granted = nobody.call("AssumeRoleWithOIDC", **wish, OIDCToken=issuer.token(SUBJECT))
    other = nobody.refused("AssumeRoleWithOIDC", **wish, OIDCToken=issuer.token("repo:x/n:environment:prod"))
    forged = nobody.refused("AssumeRoleWithOIDC", **wish, OIDCToken=f"{issuer.token(SUBJECT)[:-8]}AAAAAAAA")

    assert (other, forged) == ("AuthenticationFail.NoPermission", "AuthenticationFail.OIDCToken.InvalidSignature")
    assert sdk("sts", key(granted)).call("GetCallerIdentity").identity_type == "AssumedRoleUser"
    ims.call("DeleteOIDCProvider", **named)
    assert ims.refused("GetOIDCProvider", **named) == "EntityNotExist.OIDCProvider"
