import json
from dataclasses import replace

import pytest

from components.github_access import GithubAccess, GithubAccessArgs, trust
from tests.unit.conftest import Engine
from tests.unit.recorder import Recorded
from tests.unit.sdk_types import mistakes

ROLE = "alicloud:ram/role:Role"
ARGS = GithubAccessArgs(
    repository="someone/studio",
    fingerprints=["0123456789abcdef0123456789abcdef01234567"],
    deploy_policies=["AliyunCSFullAccess", "AliyunVPCFullAccess"],
    deploy_environments=["prod-shanghai", "prod-singapore"],
    state_bucket="states",
    tags={"project": "p"},
)


@pytest.fixture
def recorded(engine: Engine) -> Recorded:
    return engine(lambda: GithubAccess("ci", ARGS))


def subjects(recorded: Recorded, role: str) -> list[str]:
    (found,) = [one for one in recorded.all(ROLE) if one.name == role]
    (statement,) = json.loads(found.inputs["assumeRolePolicyDocument"])["Statement"]
    named: list[str] = statement["Condition"]["StringEquals"]["oidc:sub"]
    return named


def test_the_provider_trusts_githubs_issuer_for_the_credentials_action_alone(recorded: Recorded) -> None:
    provider = recorded.only("alicloud:ims/oidcProvider:OidcProvider")

    assert provider.inputs["issuerUrl"] == "https://token.actions.githubusercontent.com"
    assert provider.inputs["clientIds"] == ["sts.aliyuncs.com"]


def test_each_role_is_open_to_the_environments_it_is_for_and_to_no_other(recorded: Recorded) -> None:
    assert subjects(recorded, "ci-preview") == ["repo:someone/studio:environment:preview"]
    assert subjects(recorded, "ci-deploy") == [
        "repo:someone/studio:environment:prod-shanghai",
        "repo:someone/studio:environment:prod-singapore",
    ]


def test_the_previewing_role_may_read_and_nothing_else(recorded: Recorded) -> None:
    attached = {
        (one.inputs["roleName"], one.inputs["policyName"])
        for one in recorded.all("alicloud:ram/rolePolicyAttachment:RolePolicyAttachment")
    }

    assert attached == {
        ("ci-preview", "ReadOnlyAccess"),
        ("ci-preview", "AliyunCSReadOnlyAccess"),
        ("ci-deploy", "AliyunCSFullAccess"),
        ("ci-deploy", "AliyunVPCFullAccess"),
        ("ci-deploy", "ci-state"),
    }


def test_a_deployment_may_write_its_state_and_no_other_bucket(recorded: Recorded) -> None:
    document = json.loads(recorded.only("alicloud:ram/policy:Policy").inputs["policyDocument"])

    assert [one["Resource"] for one in document["Statement"]] == [["acs:oss:*:*:states"], ["acs:oss:*:*:states/*"]]
    (attachment,) = [one for one in recorded.registrations if one.inputs.get("policyType") == "Custom"]
    assert attachment.inputs["roleName"] == "ci-deploy"


def test_with_its_state_elsewhere_it_may_write_no_bucket(engine: Engine) -> None:
    assert engine(lambda: GithubAccess("ci", replace(ARGS, state_bucket=None))).all("alicloud:ram/policy:Policy") == []


def test_a_deployment_has_two_hours(recorded: Recorded) -> None:
    sessions = {one.name: one.inputs.get("maxSessionDuration") for one in recorded.all(ROLE)}

    assert sessions == {"ci-preview": None, "ci-deploy": 7200}


def test_the_sdk_takes_all_of_it(recorded: Recorded) -> None:
    cloud = [one for one in recorded.registrations if one.typ.startswith("alicloud:")]

    assert len(cloud) == 9
    assert [mistake for one in cloud for mistake in mistakes(one)] == []


def test_without_its_condition_a_role_would_be_open_to_all_of_github() -> None:
    (statement,) = json.loads(trust("arn", ["repo:a/b:environment:c"]))["Statement"]

    assert set(statement["Condition"]["StringEquals"]) == {"oidc:iss", "oidc:aud", "oidc:sub"}
    assert statement["Principal"] == {"Federated": ["arn"]}
