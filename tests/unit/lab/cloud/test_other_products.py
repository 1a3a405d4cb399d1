"""RAM, KMS, ARMS, DNS and SLS: what is created reads back, and what the real ones refuse is refused."""

import json
from typing import Any

import pytest

from lab.cloud.account import Account
from tests.unit.lab.cloud.api import Api, RefusedError

DOCUMENT = '{"Statement":[],"Version":"1"}'
ROLE = {"RoleName": "sd", "AssumeRolePolicyDocument": DOCUMENT}
POLICY = {"PolicyName": "read", "PolicyDocument": DOCUMENT}
RECORD = {"DomainName": "example.com", "RR": "sd", "Type": "CNAME", "Value": "alb.example.com"}
PROJECT, REGION_HOST, PROJECT_HOST = "sd-logs", "cn-shanghai.log.aliyuncs.com", "sd-logs.cn-shanghai.log.aliyuncs.com"


def test_a_role_reads_back_changes_and_goes(api: Api, account: Account) -> None:
    api.rpc("ram", "CreateRole", **ROLE, Tag='[{"Key":"app","Value":"sd"}]')
    api.rpc("ram", "UpdateRole", RoleName="sd", NewDescription="images", NewMaxSessionDuration="7200")

    role = api.rpc("ram", "GetRole", RoleName="sd")["Role"]
    assert (role["Description"], role["MaxSessionDuration"]) == ("images", 7200)
    assert role["AssumeRolePolicyDocument"] == DOCUMENT
    [tag] = api.rpc("ram", "ListTagResources", ResourceType="role", ResourceNames='["sd"]')["TagResources"]
    assert tag["TagValue"] == "sd"
    api.rpc("ram", "DeleteRole", RoleName="sd")
    assert account.left() == {}


def test_a_policy_shows_the_document_of_its_newest_version(api: Api) -> None:
    api.rpc("ram", "CreatePolicy", **POLICY)
    newer = '{"Statement":[{}],"Version":"1"}'
    api.rpc("ram", "CreatePolicyVersion", PolicyName="read", PolicyDocument=newer, SetAsDefault="true")
    api.rpc("ram", "UpdatePolicyDescription", PolicyName="read", NewDescription="for logs")

    read = api.rpc("ram", "GetPolicy", PolicyName="read")
    assert (read["DefaultPolicyVersion"]["VersionId"], read["DefaultPolicyVersion"]["PolicyDocument"]) == ("v2", newer)
    assert (read["Policy"]["DefaultVersion"], read["Policy"]["Description"]) == ("v2", "for logs")
    (version,) = api.rpc("ram", "ListPolicyVersions", PolicyName="read")["PolicyVersions"]["PolicyVersion"]
    assert version["VersionId"] == "v2"


def test_an_attached_policy_holds_both_ends(api: Api, account: Account) -> None:
    api.rpc("ram", "CreateRole", **ROLE)
    api.rpc("ram", "CreatePolicy", **POLICY)
    attachment = {"RoleName": "sd", "PolicyName": "read", "PolicyType": "Custom"}
    api.rpc("ram", "AttachPolicyToRole", **attachment)

    (attached,) = api.rpc("ram", "ListPoliciesForRole", RoleName="sd")["Policies"]["Policy"]
    assert (attached["PolicyName"], attached["PolicyType"]) == ("read", "Custom")
    assert api.rpc("ram", "ListEntitiesForPolicy", PolicyName="read")["Roles"]["Role"] == [{"RoleName": "sd"}]
    for action, name in (("DeleteRole", {"RoleName": "sd"}), ("DeletePolicy", {"PolicyName": "read"})):
        with pytest.raises(RefusedError) as refused:
            api.rpc("ram", action, **name)
        assert refused.value.code == "DeleteConflict.Role.Policy"

    api.rpc("ram", "DetachPolicyFromRole", **attachment)
    api.rpc("ram", "DeleteRole", RoleName="sd")
    api.rpc("ram", "DeletePolicy", PolicyName="read")
    assert account.left() == {}


def test_a_system_policy_can_be_attached_though_nobody_created_it(api: Api) -> None:
    api.rpc("ram", "CreateRole", **ROLE)
    names = {"RoleName": "sd", "PolicyName": "AliyunLogFullAccess"}

    api.rpc("ram", "AttachPolicyToRole", **names, PolicyType="System")
    with pytest.raises(RefusedError, match=r"system-policies\.yaml"):
        api.rpc("ram", "AttachPolicyToRole", RoleName="sd", PolicyName="AliyunNoSuchAccess", PolicyType="System")
    with pytest.raises(RefusedError, match=r"EntityNotExist\.Policy"):
        api.rpc("ram", "AttachPolicyToRole", **names, PolicyType="Custom")


def test_tags_of_a_role_are_asked_for_by_name_in_json(api: Api) -> None:
    api.rpc("ram", "CreateRole", **ROLE)
    named = {"ResourceType": "role", "ResourceNames": '["sd"]'}
    api.rpc("ram", "TagResources", **named, Tag='[{"Key":"a","Value":"1"},{"Key":"b","Value":"2"}]')
    api.rpc("ram", "UntagResources", **named, TagKeys='["a"]')

    rows = api.rpc("ram", "ListTagResources", **named)["TagResources"]
    assert rows == [{"ResourceName": "sd", "ResourceType": "role", "TagKey": "b", "TagValue": "2"}]


def test_a_key_reads_back_with_its_state_rotation_and_tags(api: Api) -> None:
    tags = '[{"TagKey":"app","TagValue":"sd"}]'
    key = api.rpc("kms", "CreateKey", Description="secrets", Tags=tags)["KeyMetadata"]["KeyId"]
    api.rpc("kms", "DisableKey", KeyId=key)
    api.rpc("kms", "UpdateKeyDescription", KeyId=key, Description="passwords")
    api.rpc("kms", "UpdateRotationPolicy", KeyId=key, EnableAutomaticRotation="true", RotationInterval="365d")

    read = api.rpc("kms", "DescribeKey", KeyId=key)["KeyMetadata"]
    assert (read["KeyState"], read["Description"]) == ("Disabled", "passwords")
    assert (read["AutomaticRotation"], read["RotationInterval"]) == ("Enabled", "365d")
    assert read["KeySpec"] == "Aliyun_AES_256"
    assert read["Arn"] == f"acs:kms:cn-shanghai:1234567890123456:key/{key}"
    assert api.rpc("kms", "ListResourceTags", KeyId=key)["Tags"]["Tag"][0]["TagValue"] == "sd"


def test_a_protected_key_cannot_be_deleted_until_the_protection_is_off(api: Api, account: Account) -> None:
    key = api.rpc("kms", "CreateKey")["KeyMetadata"]["KeyId"]
    api.rpc("kms", "SetDeletionProtection", KeyId=key, EnableDeletionProtection="true")
    with pytest.raises(RefusedError, match="deletion protection"):
        api.rpc("kms", "ScheduleKeyDeletion", KeyId=key, PendingWindowInDays="7")

    api.rpc("kms", "SetDeletionProtection", KeyId=key, EnableDeletionProtection="false")
    api.rpc("kms", "ScheduleKeyDeletion", KeyId=key, PendingWindowInDays="7")
    assert account.left() == {}


def test_a_record_reads_back_changes_and_goes(api: Api, account: Account) -> None:
    record = api.rpc("alidns", "AddDomainRecord", **RECORD, TTL="600")["RecordId"]
    api.rpc("alidns", "SetDomainRecordStatus", RecordId=record, Status="Disable")
    api.rpc("alidns", "UpdateDomainRecord", RecordId=record, **{**RECORD, "Value": "other.example.com"}, TTL="60")

    read = api.rpc("alidns", "DescribeDomainRecordInfo", RecordId=record)
    assert (read["RR"], read["Value"], read["TTL"], read["Status"]) == ("sd", "other.example.com", 60, "DISABLE")
    api.rpc("alidns", "DeleteDomainRecord", RecordId=record)
    assert account.left() == {}


def test_the_same_record_twice_is_refused(api: Api) -> None:
    api.rpc("alidns", "AddDomainRecord", **RECORD)

    with pytest.raises(RefusedError) as refused:
        api.rpc("alidns", "AddDomainRecord", **RECORD)
    assert refused.value.code == "DomainRecordDuplicate"


def test_a_prometheus_of_a_cluster_goes_by_its_id_and_lists_tags_as_a_bare_list(api: Api, account: Account) -> None:
    made = api.rpc(
        "arms", "CreatePrometheusInstance", ClusterType="aliyun-cs", ClusterId="c1", Tag__1__Key="a", Tag__1__Value="b"
    )
    assert (made["Code"], made["Data"]) == (200, "c1")

    assert api.rpc("arms", "GetPrometheusInstance", ClusterId="c1")["Data"]["ClusterType"] == "aliyun-cs"
    tags = api.rpc("arms", "ListTagResources", ResourceType="PROMETHEUS", ResourceId__1="c1")["TagResources"]
    assert [(tag["TagKey"], tag["TagValue"]) for tag in tags] == [("a", "b")]
    api.rpc("arms", "UninstallPromCluster", ClusterId="c1")
    assert account.left() == {}


def test_an_environment_takes_its_addon_releases_along(api: Api, account: Account) -> None:
    environment = api.rpc(
        "arms", "CreateEnvironment", EnvironmentType="CS", EnvironmentSubType="ACK", EnvironmentName="sd"
    )["Data"]
    api.rpc("arms", "UpdateEnvironment", EnvironmentId=environment, EnvironmentName="images")
    release = {"EnvironmentId": environment, "ReleaseName": "agent"}
    api.rpc("arms", "InstallAddon", **release, Name="metric-agent", AddonVersion="1.0.0", Values="{}")
    api.rpc("arms", "UpgradeAddonRelease", **release, AddonVersion="1.1.0", Values='{"a":1}')

    assert api.rpc("arms", "DescribeEnvironment", EnvironmentId=environment)["Data"]["EnvironmentName"] == "images"
    read = api.rpc("arms", "DescribeAddonRelease", **release)["Data"]
    assert (read["Release"]["AddonName"], read["Release"]["Version"]) == ("metric-agent", "1.1.0")
    assert read["Config"] == '{"a":1}'
    api.rpc("arms", "DeleteEnvironment", EnvironmentId=environment)
    assert account.left() == {}
    # An answer of status 200, in which the provider looks for this code.
    assert api.rpc("arms", "DescribeAddonRelease", **release)["Code"] == 404
    assert api.rpc("arms", "DescribeEnvironment", EnvironmentId=environment)["Code"] == 404


RULE = {
    "ClusterId": "c1", "AlertName": "requests-fail", "Expression": "up == 0", "Duration": "5", "Message": "It fails.",
    "NotifyType": "ALERT_MANAGER", "Labels": '[{"name": "severity", "value": "critical"}]',
}  # fmt: skip


def test_an_alert_rule_is_shown_as_the_provider_reads_it_and_can_be_changed(api: Api, account: Account) -> None:
    number = api.rpc("arms", "CreatePrometheusAlertRule", **RULE)["PrometheusAlertRule"]["AlertId"]

    (rule,) = api.rpc("arms", "ListPrometheusAlertRules", ClusterId="c1")["PrometheusAlertRules"]
    assert rule["AlertId"] == number
    assert {rule[key] for key in ("Status", "DispatchRuleId")} == {0, 1}, "the provider takes nothing but numbers here"
    assert rule["Labels"] == [{"Name": "severity", "Value": "critical"}]
    api.rpc("arms", "UpdatePrometheusAlertRule", **RULE | {"AlertId": str(number), "DispatchRuleId": "7"})
    (rule,) = api.rpc("arms", "ListPrometheusAlertRules", ClusterId="c1")["PrometheusAlertRules"]
    assert rule["DispatchRuleId"] == 7
    assert api.rpc("arms", "ListPrometheusAlertRules", ClusterId="c2")["PrometheusAlertRules"] == []
    api.rpc("arms", "DeletePrometheusAlertRule", AlertId=str(number))
    assert account.left() == {}


def test_two_alert_rules_of_a_cluster_have_two_names(api: Api) -> None:
    api.rpc("arms", "CreatePrometheusAlertRule", **RULE)
    api.rpc("arms", "CreatePrometheusAlertRule", **RULE | {"AlertName": "requests-slow"})

    with pytest.raises(RefusedError, match="requests-fail already"):
        api.rpc("arms", "CreatePrometheusAlertRule", **RULE)


def test_a_pod_monitor_goes_by_the_name_in_its_yaml_and_with_its_environment(api: Api, account: Account) -> None:
    environment = api.rpc("arms", "CreateEnvironment", EnvironmentType="CS", EnvironmentSubType="ACK")["Data"]
    text = "metadata: {name: queue-proxy, namespace: knative-serving}"

    made = api.rpc("arms", "CreateEnvPodMonitor", EnvironmentId=environment, ConfigYaml=text)["Data"]

    names = {"EnvironmentId": environment, "Namespace": made["Namespace"], "PodMonitorName": made["PodMonitorName"]}
    assert (made["Namespace"], made["PodMonitorName"]) == ("knative-serving", "queue-proxy")
    api.rpc("arms", "UpdateEnvPodMonitor", **names, ConfigYaml=text + " # changed")
    assert api.rpc("arms", "DescribeEnvPodMonitor", **names)["Data"]["ConfigYaml"].endswith("# changed")
    api.rpc("arms", "DeleteEnvironment", EnvironmentId=environment)
    assert account.left() == {}
    assert api.rpc("arms", "DescribeEnvPodMonitor", **names)["Code"] == 404


@pytest.mark.parametrize("text", ["just text", "metadata: {}", "{"])
def test_a_pod_monitor_that_is_none_is_refused(api: Api, text: str) -> None:
    environment = api.rpc("arms", "CreateEnvironment", EnvironmentType="CS", EnvironmentSubType="ACK")["Data"]

    with pytest.raises(RefusedError, match="no PodMonitor"):
        api.rpc("arms", "CreateEnvPodMonitor", EnvironmentId=environment, ConfigYaml=text)


def sls(api: Api, method: str, path: str, body: Any = None, host: str = PROJECT_HOST, **query: str) -> Any:
    return api.send(method, host, path, query, json=body)


@pytest.fixture
def project(api: Api) -> str:
    sls(api, "POST", "/", {"projectName": PROJECT, "description": "d"}, REGION_HOST)
    return PROJECT


def test_a_log_project_reads_back_on_the_host_of_its_own(api: Api, project: str) -> None:
    sls(api, "PUT", "/", {"description": "images"})

    read = sls(api, "GET", "/")
    assert (read["projectName"], read["description"], read["region"]) == (project, "images", "cn-shanghai")


def test_tags_of_a_log_project_are_set_and_removed(api: Api, project: str) -> None:
    named = {"resourceType": "PROJECT", "resourceId": [project]}
    tags = [{"key": "a", "value": "1"}, {"key": "b", "value": "2"}]
    sls(api, "POST", "/tag", {**named, "tags": tags}, REGION_HOST)
    sls(api, "POST", "/untag", {**named, "tags": ["a"]}, REGION_HOST)

    listed = sls(api, "GET", "/tags", host=REGION_HOST, resourceId=json.dumps([project]), resourceType="PROJECT")
    assert [(row["tagKey"], row["tagValue"]) for row in listed["tagResources"]] == [("b", "2")]


def test_a_log_store_reads_back_changes_and_goes_with_its_project(api: Api, project: str, account: Account) -> None:
    sls(api, "POST", "/logstores", {"logstoreName": "audit", "ttl": 30, "shardCount": 3})
    sls(api, "PUT", "/logstores/audit", {"logstoreName": "audit", "ttl": 90})
    sls(api, "PUT", "/logstores/audit/meteringmode", {"meteringMode": "ChargeByDataIngest"})

    read = sls(api, "GET", "/logstores/audit")
    assert (read["ttl"], read["shardCount"]) == (90, 3)
    assert len(sls(api, "GET", "/logstores/audit/shards")) == 3
    assert sls(api, "GET", "/logstores/audit/meteringmode") == {"meteringMode": "ChargeByDataIngest"}
    sls(api, "DELETE", "/")
    assert account.left() == {}


MISSING = [
    ("GET", "/", PROJECT_HOST, "ProjectNotExist"),
    ("GET", "/logstores", REGION_HOST, "ProjectNotExist"),
    ("GET", "/logstores/audit", PROJECT_HOST, "ProjectNotExist"),
]


@pytest.mark.parametrize(("method", "path", "host", "code"), MISSING)
def test_what_does_not_exist_is_refused_in_the_spelling_of_the_log_service(
    api: Api, method: str, path: str, host: str, code: str
) -> None:
    with pytest.raises(RefusedError) as refused:
        sls(api, method, path, host=host)
    assert (refused.value.status, refused.value.code) == (404, code)


def test_a_store_that_does_not_exist_is_told_apart_from_its_project(api: Api, project: str) -> None:
    with pytest.raises(RefusedError, match="LogStoreNotExist"):
        sls(api, "DELETE", "/logstores/audit")


TWICE: list[tuple[str, str, dict[str, str]]] = [
    ("ram", "CreateRole", ROLE),
    ("ram", "CreatePolicy", POLICY),
]


@pytest.mark.parametrize(("product", "action", "parameters"), TWICE)
def test_names_are_given_once(api: Api, product: str, action: str, parameters: dict[str, str]) -> None:
    api.rpc(product, action, **parameters)

    with pytest.raises(RefusedError, match="EntityAlreadyExists"):
        api.rpc(product, action, **parameters)


def test_a_log_project_cannot_be_made_twice(api: Api, project: str) -> None:
    with pytest.raises(RefusedError, match="ProjectAlreadyExist"):
        sls(api, "POST", "/", {"projectName": project}, REGION_HOST)


def test_a_policy_document_must_be_json(api: Api) -> None:
    with pytest.raises(RefusedError, match="not JSON"):
        api.rpc("ram", "CreatePolicy", PolicyName="read", PolicyDocument="{")
