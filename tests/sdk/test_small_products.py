"""RAM, KMS, SLS, Alidns and ARMS through the vendor's SDKs."""

import json

from tests.sdk.conftest import Open
from tests.sdk.vendor import REGION

DOCUMENT = json.dumps({"Version": "1", "Statement": []})


def test_a_role_gets_a_policy_and_gives_it_back(sdk: Open) -> None:
    ram = sdk("ram")
    tag = {"Key": "stack", "Value": "dev"}
    ram.call("CreateRole", RoleName="nodes", AssumeRolePolicyDocument=DOCUMENT, Description="d", Tag=[tag])
    ram.call("CreatePolicy", PolicyName="pull", PolicyDocument=DOCUMENT)
    attached = {"RoleName": "nodes", "PolicyName": "pull", "PolicyType": "Custom"}
    ram.call("AttachPolicyToRole", **attached)

    assert ram.call("GetRole", RoleName="nodes").role.assume_role_policy_document == DOCUMENT
    assert [role.role_name for role in ram.call("ListRoles", MaxItems=1).roles.role] == ["nodes"]
    assert [one.policy_name for one in ram.call("ListPolicies", PolicyType="Custom").policies.policy] == ["pull"]
    ram.call("UpdateRole", RoleName="nodes", NewDescription="other")
    assert ram.call("GetRole", RoleName="nodes").role.description == "other"
    [policy] = ram.call("ListPoliciesForRole", RoleName="nodes").policies.policy
    assert policy.policy_name == "pull"
    assert ram.call("GetPolicy", PolicyName="pull", PolicyType="Custom").default_policy_version.version_id == "v1"
    ram.call("CreatePolicyVersion", PolicyName="pull", PolicyDocument=DOCUMENT, SetAsDefault=True)
    versions = ram.call("ListPolicyVersions", PolicyName="pull", PolicyType="Custom").policy_versions.policy_version
    assert [version.version_id for version in versions] == ["v2"]
    ram.call("UpdatePolicyDescription", PolicyName="pull", NewDescription="d")
    [role] = ram.call("ListEntitiesForPolicy", PolicyName="pull", PolicyType="Custom").roles.role
    assert role.role_name == "nodes"
    named = {"ResourceType": "role", "ResourceNames": ["nodes"]}
    ram.call("TagResources", **named, Tag=[{"Key": "team", "Value": "a"}])
    ram.call("UntagResources", **named, TagKeys=["stack"])
    rows = ram.call("ListTagResources", **named).tag_resources
    assert [(row.tag_key, row.tag_value) for row in rows] == [("team", "a")]

    assert ram.refused("DeleteRole", RoleName="nodes") == "DeleteConflict.Role.Policy"
    ram.call("DetachPolicyFromRole", **attached)
    ram.call("DeletePolicy", PolicyName="pull")
    ram.call("DeleteRole", RoleName="nodes")
    assert ram.refused("GetRole", RoleName="nodes") == "EntityNotExist.Role"


def test_a_key_is_made_described_tagged_and_deleted(sdk: Open) -> None:
    kms = sdk("kms")
    tags = json.dumps([{"TagKey": "stack", "TagValue": "dev"}])
    key = kms.call("CreateKey", Description="secrets", Tags=tags).key_metadata.key_id
    assert [one.key_id for one in kms.call("ListKeys", PageNumber=1, PageSize=10).keys.key] == [key]
    kms.call("UpdateKeyDescription", KeyId=key, Description="other")
    kms.call("UpdateRotationPolicy", KeyId=key, EnableAutomaticRotation=True, RotationInterval="30d")
    kms.call("DisableKey", KeyId=key)
    shown = kms.call("DescribeKey", KeyId=key).key_metadata
    assert (shown.description, shown.key_state, shown.automatic_rotation) == ("other", "Disabled", "Enabled")
    kms.call("EnableKey", KeyId=key)
    [tag] = kms.call("ListResourceTags", KeyId=key).tags.tag
    assert (tag.tag_key, tag.tag_value) == ("stack", "dev")
    kms.call("SetKeyPolicy", KeyId=key, PolicyName="default", Policy=DOCUMENT)
    assert kms.call("GetKeyPolicy", KeyId=key, PolicyName="default").policy == DOCUMENT
    arn = shown.arn
    kms.call("SetDeletionProtection", ProtectedResourceArn=arn, EnableDeletionProtection=True)
    assert kms.refused("ScheduleKeyDeletion", KeyId=key, PendingWindowInDays=7) == "Rejected.Unavailable"
    kms.call("SetDeletionProtection", ProtectedResourceArn=arn, EnableDeletionProtection=False)
    kms.call("ScheduleKeyDeletion", KeyId=key, PendingWindowInDays=7)
    assert kms.refused("DescribeKey", KeyId=key) == "Forbidden.KeyNotFound"


def test_a_log_project_with_a_store(sdk: Open) -> None:
    sls = sdk("sls")
    sls.call("CreateProject", projectName="sd-logs", description="d")
    shown = sls.call("GetProject", "sd-logs")
    assert (shown.project_name, shown.status) == ("sd-logs", "Normal")
    sls.call("UpdateProject", "sd-logs", description="other")
    assert sls.call("GetProject", "sd-logs").description == "other"
    named = {"resourceType": "project", "resourceId": ["sd-logs"]}
    sls.call("TagResources", **named, tags=[{"key": "stack", "value": "dev"}])
    [row] = sls.call("ListTagResources", **named).tag_resources
    assert (row.resource_id, row.tag_key, row.tag_value) == ("sd-logs", "stack", "dev")
    sls.call("UntagResources", **named, tags=["stack"])
    assert sls.call("ListTagResources", **named).tag_resources == []

    sls.call("CreateLogStore", "sd-logs", logstoreName="alb", shardCount=2, ttl=30)
    assert sls.refused("CreateLogStore", "sd-logs", logstoreName="alb", shardCount=2, ttl=30) == "LogStoreAlreadyExist"
    assert sls.call("ListLogStores", "sd-logs", offset=0, size=10).logstores == ["alb"]
    assert [one.project_name for one in sls.call("ListProject", offset=0, size=10).projects] == ["sd-logs"]
    assert sls.call("GetLogStore", "sd-logs", "alb").ttl == 30
    sls.call("UpdateLogStore", "sd-logs", "alb", logstoreName="alb", ttl=7, shardCount=2)
    assert sls.call("GetLogStore", "sd-logs", "alb").ttl == 7
    sls.call("UpdateLogStoreMeteringMode", "sd-logs", "alb", meteringMode="ChargeByDataIngest")
    assert sls.call("GetLogStoreMeteringMode", "sd-logs", "alb").metering_mode == "ChargeByDataIngest"
    assert [shard.shard_id for shard in sls.call("ListShards", "sd-logs", "alb")] == [0, 1]
    sls.call("DeleteLogStore", "sd-logs", "alb")
    assert sls.refused("GetLogStore", "sd-logs", "alb") == "LogStoreNotExist"
    sls.call("DeleteProject", "sd-logs")
    assert sls.refused("GetProject", "sd-logs") == "ProjectNotExist"


def test_a_dns_record(sdk: Open) -> None:
    dns = sdk("alidns")
    wanted = {"DomainName": "example.com", "RR": "*.sd", "Type": "CNAME", "Value": "alb.example.net", "TTL": 600}
    record = dns.call("AddDomainRecord", **wanted).record_id
    assert dns.refused("AddDomainRecord", **wanted) == "DomainRecordDuplicate"
    [listed] = dns.call("DescribeDomainRecords", DomainName="example.com", RRKeyWord="sd").domain_records.record
    assert listed.record_id == record
    dns.call("UpdateDomainRecord", RecordId=record, RR="*.sd", Type="CNAME", Value="other.example.net")
    dns.call("UpdateDomainRecordRemark", RecordId=record, Remark="gateway")
    dns.call("SetDomainRecordStatus", RecordId=record, Status="Disable")
    shown = dns.call("DescribeDomainRecordInfo", RecordId=record)
    assert (shown.value, shown.remark, shown.status) == ("other.example.net", "gateway", "DISABLE")
    dns.call("DeleteDomainRecord", RecordId=record)
    assert dns.refused("DescribeDomainRecordInfo", RecordId=record) == "DomainRecordNotBelongToUser"


MONITOR = "metadata: {name: sd, namespace: default}\nspec: {}\n"


def test_an_environment_with_what_is_in_it(sdk: Open) -> None:
    arms = sdk("arms")
    wanted = {"EnvironmentName": "sd", "EnvironmentType": "CS", "EnvironmentSubType": "ManagedKubernetes"}
    made = arms.call("CreateEnvironment", RegionId=REGION, **wanted, BindResourceId="c1")
    here = {"RegionId": REGION, "EnvironmentId": made.data}
    arms.call("InitEnvironment", **here)
    arms.call("UpdateEnvironment", **here, EnvironmentName="other")
    shown = arms.call("DescribeEnvironment", **here).data
    assert (shown.environment_name, shown.bind_resource_id) == ("other", "c1")
    listed = arms.call("ListEnvironments", RegionId=REGION, BindResourceId="c1").data
    assert [one.environment_id for one in listed.environments] == [made.data]
    assert arms.call("ListEnvironments", RegionId=REGION, BindResourceId="c2").data.total == 0
    arms.call("InstallAddon", **here, Name="metric-agent", AddonVersion="1.1.17", ReleaseName="agent", Values="{}")
    arms.call("UpgradeAddonRelease", **here, ReleaseName="agent", AddonVersion="1.1.18", Values="{}")
    release = arms.call("DescribeAddonRelease", **here, ReleaseName="agent").data.release
    assert (release.addon_name, release.version) == ("metric-agent", "1.1.18")
    monitor = {**here, "Namespace": "default", "PodMonitorName": "sd"}
    arms.call("CreateEnvPodMonitor", **here, ConfigYaml=MONITOR)
    [listed] = arms.call("ListEnvPodMonitors", **here).data
    assert (listed.namespace, listed.pod_monitor_name) == ("default", "sd")
    arms.call("UpdateEnvPodMonitor", **monitor, ConfigYaml=MONITOR)
    assert arms.call("DescribeEnvPodMonitor", **monitor).data.config_yaml == MONITOR
    arms.call("DeleteEnvPodMonitor", **monitor)
    arms.call("DeleteAddonRelease", **here, ReleaseName="agent", AddonName="metric-agent")
    arms.call("DeleteEnvironment", **here)
    assert arms.call("DescribeEnvironment", **here).code == 404


def test_a_prometheus_with_an_alert_rule(sdk: Open) -> None:
    arms = sdk("arms")
    tags = [{"Key": "stack", "Value": "dev"}]
    wanted = {"ClusterType": "remote-write", "ClusterName": "sd", "GrafanaInstanceId": "free", "Tags": tags}
    instance = arms.call("CreatePrometheusInstance", RegionId=REGION, **wanted).data
    shown = arms.call("GetPrometheusInstance", RegionId=REGION, ClusterId=instance).data
    assert (shown.cluster_name, shown.cluster_type) == ("sd", "remote-write")
    rule = {"RegionId": REGION, "ClusterId": instance, "AlertName": "slow", "Duration": "1", "Message": "m"}
    labels = json.dumps([{"name": "severity", "value": "page"}])
    made = arms.call("CreatePrometheusAlertRule", **rule, Expression="up == 0", Labels=labels).prometheus_alert_rule
    assert [(label.name, label.value) for label in made.labels] == [("severity", "page")]
    arms.call("UpdatePrometheusAlertRule", **rule, AlertId=made.alert_id, Expression="up == 1")
    [listed] = arms.call("ListPrometheusAlertRules", RegionId=REGION, ClusterId=instance).prometheus_alert_rules
    assert (listed.alert_id, listed.expression) == (made.alert_id, "up == 1")
    arms.call("DeletePrometheusAlertRule", AlertId=made.alert_id)
    arms.call("UninstallPromCluster", RegionId=REGION, ClusterId=instance)
    assert arms.refused("GetPrometheusInstance", RegionId=REGION, ClusterId=instance) == "404"
