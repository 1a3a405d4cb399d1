"""What a role's policies let its key do, and whether those of the program's own roles are enough."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from components.github_access import DEPLOYING, READING, state_access
from lab.cloud.access import Access
from lab.cloud.account import Account
from lab.cloud.ack.wire import cs_product
from lab.cloud.errors import ApiError
from lab.cloud.ram.asked import FILE, asked, ram_actions
from lab.cloud.ram.models import AccessManagement
from lab.cloud.ram.oidc import OidcProviders
from lab.cloud.ram.policies import Asked, judge
from lab.cloud.ram.system import system_policy
from lab.cloud.sls.models import LogService
from lab.cloud.sls.wire import sls_product
from lab.cloud.store import Store
from lab.cloud.sts.issuer import Issuer
from lab.cloud.sts.models import USER, Sessions, Wish
from lab.cloud.wire import HttpRequest
from tests.unit.lab.cloud.test_provider_actions import ACTIONS

NAMES = yaml.safe_load(FILE.read_text())
CREATE = Asked("vpc:CreateVpc", "acs:vpc:cn-shanghai:1:*")
OBJECT = Asked("oss:GetObject", "acs:oss:oss-cn-shanghai:1:states/a/b", exact=True)
ALL = {"Effect": "Allow", "Action": "*", "Resource": "*"}


def allow(action: str | list[str], resource: str | list[str] = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(action: str, resource: str = "*", **more: Any) -> dict[str, Any]:
    return {**allow(action, resource), "Effect": "Deny", **more}


VERDICTS: dict[str, tuple[list[dict[str, Any]], Asked, str]] = {
    "nothing is attached": ([], CREATE, "ImplicitDeny"),
    "by name": ([allow("vpc:CreateVpc")], CREATE, "Allow"),
    "by pattern": ([allow(["ecs:*", "vpc:*Vpc*"])], CREATE, "Allow"),
    "another action": ([allow("vpc:DeleteVpc")], CREATE, "ImplicitDeny"),
    "another product": ([allow("ecs:*")], CREATE, "ImplicitDeny"),
    "a Deny goes first": ([ALL, deny("vpc:*")], CREATE, "ExplicitDeny"),
    "a Deny of something else": ([ALL, deny("ecs:*")], CREATE, "Allow"),
    "this bucket's objects": ([allow("oss:GetObject", ["acs:oss:*:*:states/*"])], OBJECT, "Allow"),
    "the bucket alone": ([allow("oss:GetObject", "acs:oss:*:*:states")], OBJECT, "ImplicitDeny"),
    "another bucket's": ([allow("oss:*", "acs:oss:*:*:other/*")], OBJECT, "ImplicitDeny"),
    "another bucket is denied": ([ALL, deny("oss:*", "acs:oss:*:*:other/*")], OBJECT, "Allow"),
    "one object is denied, which it may be": ([ALL, deny("vpc:*", "acs:vpc:*:*:vpc/x")], CREATE, "ExplicitDeny"),
    "a condition, which is not understood": ([allow("*", Condition={"Bool": {"x": "y"}})], CREATE, "ImplicitDeny"),
    "the same of a Deny": ([ALL, deny("*", Condition={"Bool": {"x": "y"}})], CREATE, "ExplicitDeny"),
    "an element that is not understood": ([{"Effect": "Allow", "NotAction": "x"}], CREATE, "ImplicitDeny"),
    "the same of Deny": ([ALL, {"Effect": "Deny", "NotAction": "x"}], CREATE, "ExplicitDeny"),
}


@pytest.mark.parametrize(("statements", "wish", "verdict"), VERDICTS.values(), ids=VERDICTS)
def test_policies_are_judged_together(statements: list[dict[str, Any]], wish: Asked, verdict: str) -> None:
    assert judge([{"Statement": one} for one in statements], wish) == verdict


def test_every_route_has_a_name_in_policies_and_no_other(account: Account, tmp_path: Path) -> None:
    logs = LogService(Store(tmp_path / "logs.db"))

    for product in (cs_product(account.container_service), sls_product(logs)):
        routes = {f"{one.method} {one.template}" for one in product.routes}
        assert routes == set(NAMES[product.name]["actions"])


def ram_names() -> Iterator[str]:
    """Of all that the provider can ask for to carry a stack of this program through its life."""
    for product, action in ACTIONS:
        method, _, path = action.rpartition(" ")
        if product in ("ram", "ims", "sts", "bss", "location"):
            continue
        yield from ram_actions(product.removeprefix("ali"), f"{method} {_template(path)}" if method else action)


def _template(path: str) -> str:
    stand_for = {"c": "{cluster}", "p": "{pool}", "a": "{addon}", "t": "{task}"}
    return "/".join(stand_for.get(part, part) for part in path.split("/"))


READS = ("Describe", "Get", "List", "Query", "Check")


def allowed(policies: tuple[str, ...], action: str) -> bool:
    return judge([system_policy(one) for one in policies], Asked(action, "acs:x:cn-shanghai:1:*")) == "Allow"


def test_the_deploying_role_may_do_all_that_the_provider_can_ask_for() -> None:
    assert [name for name in ram_names() if not allowed(DEPLOYING, name)] == []


def test_the_previewing_role_may_read_all_of_it_and_do_nothing() -> None:
    for name in ram_names():
        assert allowed(READING, name) == name.partition(":")[2].startswith(READS), name


def test_without_acks_own_policy_no_cluster_could_be_read() -> None:
    reading = [name for name in ram_names() if name.partition(":")[2].startswith(READS)]

    missing = {name for name in reading if not allowed(("ReadOnlyAccess",), name)}
    assert missing == {"cs:CheckControlPlaneLogEnable"}


def in_states(method: str, path: str, **query: str) -> HttpRequest:
    return HttpRequest(method, "states.s3.oss-cn-shanghai.aliyuncs.com", path, query)


STATE: dict[str, HttpRequest] = {
    "ListObjectsV2": in_states("GET", "/", **{"list-type": "2"}),
    "GetObject": in_states("GET", "/.pulumi/meta.yaml"),
    "HeadObject": in_states("HEAD", "/.pulumi/meta.yaml"),
    "PutObject": in_states("PUT", "/.pulumi/meta.yaml"),
    "CopyObject": in_states("PUT", "/.pulumi/meta.yaml"),
    "DeleteObject": in_states("DELETE", "/.pulumi/locks/x"),
    "DeleteMultipleObjects": in_states("POST", "/", delete=""),
    "InitiateMultipartUpload": in_states("POST", "/a", uploads=""),
    "UploadPart": in_states("PUT", "/a"),
    "CompleteMultipartUpload": in_states("POST", "/a"),
    "AbortMultipartUpload": in_states("DELETE", "/a"),
}


@pytest.mark.parametrize(("action", "request_"), STATE.items(), ids=STATE)
def test_a_role_with_its_state_in_a_bucket_may_do_what_pulumi_does_there(action: str, request_: HttpRequest) -> None:
    wishes = asked("oss", action, request_)

    assert wishes
    for wish in wishes:
        assert judge([json.loads(state_access("states"))], wish) == "Allow"
        assert judge([json.loads(state_access("other"))], wish) == "ImplicitDeny"


HOSTS = {"sls": "p.cn-shanghai.log.aliyuncs.com", "oss": "states.oss-cn-shanghai.aliyuncs.com"}
SAID: dict[str, tuple[str, str, str, int, str]] = {
    "a network": ("vpc", "CreateVpc", "Forbidden.RAM", 403, "not authorized to operate on the specified resource"),
    "a role": ("ram", "GetRole", "NoPermission", 403, "Action: ram:GetRole"),
    "a cluster": ("cs", "POST /clusters", "StatusForbidden", 403, "policy Forbidden for action cs:CreateCluster"),
    "a log project": ("sls", "POST /", "Unauthorized", 401, "denied by sts or ram, action: log:CreateProject"),
    "an object": ("oss", "GetObject", "AccessDenied", 403, "no right"),
    "another role": ("sts", "AssumeRole", "NoPermission", 403, "Action: sts:AssumeRole"),
}


@pytest.fixture
def ram(tmp_path: Path) -> AccessManagement:
    return AccessManagement(Store(tmp_path / "account.db"))


@pytest.fixture
def sessions(tmp_path: Path, ram: AccessManagement) -> Sessions:
    store = Store(tmp_path / "account.db")
    trusting = {"Action": "sts:AssumeRole", "Effect": "Allow", "Principal": {"RAM": [USER]}}
    document = json.dumps({"Version": "1", "Statement": [trusting]})
    ram.create_role({"RoleName": "Deploy", "AssumeRolePolicyDocument": document})
    return Sessions(store, ram, OidcProviders(store), Issuer(tmp_path))


@pytest.mark.parametrize(("product", "action", "code", "status", "words"), SAID.values(), ids=SAID)
def test_each_product_refuses_in_its_own_words_what_no_policy_allows(
    ram: AccessManagement, sessions: Sessions, product: str, action: str, code: str, status: int, words: str
) -> None:
    access = Access(ram, sessions)
    session = sessions.assume(Wish("acs:ram::1234567890123456:role/deploy", "job", None), "lasting")
    request = HttpRequest("POST", HOSTS.get(product, f"{product}.cn-shanghai.aliyuncs.com"), "/")

    access.check(product, action, request, "lasting")
    with pytest.raises(ApiError, match=words) as refused:
        access.check(product, action, request, session.access_key)
    assert (refused.value.code, refused.value.status) == (code, status)
    assert refused.value.denied
    assert refused.value.denied["AuthPrincipalDisplayName"] == "Deploy:job"
    assert refused.value.denied["NoPermissionType"] == "ImplicitDeny"

    ram.attach("Deploy", "AdministratorAccess", "System")
    access.check(product, action, request, session.access_key)


def test_a_policy_of_the_session_narrows_what_the_role_may_do(ram: AccessManagement, sessions: Sessions) -> None:
    access, narrow = Access(ram, sessions), json.dumps({"Version": "1", "Statement": [allow("vpc:Describe*")]})
    session = sessions.assume(Wish("acs:ram::1234567890123456:role/deploy", "job", None, narrow), "lasting")
    request = HttpRequest("POST", "vpc.cn-shanghai.aliyuncs.com", "/")

    with pytest.raises(ApiError):
        access.check("vpc", "DescribeVpcs", request, session.access_key)
    ram.attach("Deploy", "AdministratorAccess", "System")
    access.check("vpc", "DescribeVpcs", request, session.access_key)
    with pytest.raises(ApiError):
        access.check("vpc", "CreateVpc", request, session.access_key)


def test_who_one_is_and_where_endpoints_are_may_everybody_ask() -> None:
    request = HttpRequest("POST", "sts.aliyuncs.com", "/")

    assert asked("sts", "GetCallerIdentity", request) == asked("location", "DescribeEndpoints", request) == []
