"""Which object of the account a resource of the program could be, type by type.

By what cannot be there twice (an address range, a parent) or by name. Not by tags: most objects get theirs by a call of
their own after their creation, which an engine may not have lived to make. Tags only speak against an object.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from ops.recover.account import Account, Row

_READY = ("", "Available", "InUse", "running", "active", "ENABLE", "DISABLE")
# Of these states none is left by waiting.
_BROKEN = ("failed", "delete_failed")

# Their parent is this stack's alone, and so are they, tags or not.
IN_A_PARENT = ("alicloud:vpc/natGateway:NatGateway", "alicloud:cs/nodePool:NodePool")

Inputs = Mapping[str, Any]


@dataclass(frozen=True)
class Found:
    """An object. id: as `pulumi import` would take it; status: the API's own word."""

    id: str
    status: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)

    @property
    def ready(self) -> bool:
        return self.status in _READY

    @property
    def broken(self) -> bool:
        return self.status in _BROKEN


Finder = Callable[[Account, Inputs], Iterable[Found]]


def _network(account: Account, inputs: Inputs) -> Iterator[Found]:
    for row in account.rows("vpc", "DescribeVpcs", "Vpcs", "Vpc"):
        if (row["VpcName"], row["CidrBlock"]) == (inputs.get("vpcName"), inputs.get("cidrBlock")):
            yield _rpc(row["VpcId"], row)


def _vswitch(account: Account, inputs: Inputs) -> Iterator[Found]:
    for row in account.rows("vpc", "DescribeVSwitches", "VSwitches", "VSwitch", VpcId=inputs["vpcId"]):
        if (row["CidrBlock"], row["ZoneId"]) == (inputs.get("cidrBlock"), inputs.get("zoneId")):
            yield _rpc(row["VSwitchId"], row)


def _nat_gateway(account: Account, inputs: Inputs) -> Iterator[Found]:
    for row in account.rows("vpc", "DescribeNatGateways", "NatGateways", "NatGateway", VpcId=inputs["vpcId"]):
        if row["Name"] == inputs.get("natGatewayName"):
            yield _rpc(row["NatGatewayId"], row)


def _address(account: Account, inputs: Inputs) -> Iterator[Found]:
    for row in _addresses(account):
        if row["Name"] == inputs.get("addressName"):
            yield _rpc(row["AllocationId"], row)


def _association(account: Account, inputs: Inputs) -> Iterator[Found]:
    for row in _addresses(account):
        if (row["AllocationId"], row["InstanceId"]) == (inputs["allocationId"], inputs["instanceId"]):
            yield Found(f"{row['AllocationId']}:{row['InstanceId']}")


def _addresses(account: Account) -> Iterable[Row]:
    return account.rows("vpc", "DescribeEipAddresses", "EipAddresses", "EipAddress")


def _snat_entry(account: Account, inputs: Inputs) -> Iterator[Found]:
    table = inputs["snatTableId"]
    rows = account.rows("vpc", "DescribeSnatTableEntries", "SnatTableEntries", "SnatTableEntry", SnatTableId=table)
    for row in rows:
        if (row["SourceVSwitchId"], row["SnatIp"]) == (inputs.get("sourceVswitchId"), inputs.get("snatIp")):
            yield _rpc(f"{table}:{row['SnatEntryId']}", row)


def _cluster(account: Account, inputs: Inputs) -> Iterator[Found]:
    for row in account.clusters():
        if row["name"] == inputs.get("name"):
            tags = {tag["key"]: tag["value"] for tag in row.get("tags") or []}
            yield Found(row["cluster_id"], row.get("state") or "", tags)


def _node_pool(account: Account, inputs: Inputs) -> Iterator[Found]:
    cluster = inputs["clusterId"]
    for row in account.node_pools(cluster):
        known = row["nodepool_info"]
        if known["name"] == inputs.get("nodePoolName"):
            yield Found(f"{cluster}:{known['nodepool_id']}", (row.get("status") or {}).get("state") or "")


def _addon(account: Account, inputs: Inputs) -> Iterator[Found]:
    if row := account.addon(inputs["clusterId"], inputs["name"]):
        yield Found(f"{inputs['clusterId']}:{row['name']}", row.get("state") or "")


def _record(account: Account, inputs: Inputs) -> Iterator[Found]:
    wanted = (inputs["rr"], inputs["type"])
    for row in account.rows(
        "alidns", "DescribeDomainRecords", "DomainRecords", "Record", DomainName=inputs["domainName"]
    ):
        if (row["RR"], row["Type"]) == wanted:
            yield Found(row["RecordId"], row.get("Status") or "")


def _environment(account: Account, inputs: Inputs) -> Iterator[Found]:
    for row in account.environments(inputs["bindResourceId"]):
        if row["EnvironmentName"] == inputs.get("environmentName"):
            yield Found(row["EnvironmentId"], tags={tag["Key"]: tag["Value"] for tag in row.get("Tags") or []})


def _alert_rule(account: Account, inputs: Inputs) -> Iterator[Found]:
    for row in account.alert_rules(inputs["clusterId"]):
        if row["AlertName"] == inputs.get("prometheusAlertRuleName"):
            yield Found(f"{inputs['clusterId']}:{row['AlertId']}")


def _pod_monitor(account: Account, inputs: Inputs) -> Iterator[Found]:
    environment, wanted = inputs["environmentId"], yaml.safe_load(inputs["configYaml"])["metadata"]
    for row in account.pod_monitors(environment):
        place = row["Namespace"], row["PodMonitorName"]
        if place == (wanted.get("namespace", "default"), wanted["name"]):
            yield Found(":".join((environment, *place)))


def _role(account: Account, inputs: Inputs) -> Iterator[Found]:
    for row in account.roles():
        if row["RoleName"] == inputs.get("roleName"):
            tags = {tag["TagKey"]: tag["TagValue"] for tag in (row.get("Tags") or {}).get("Tag") or []}
            yield Found(row["RoleName"], tags=tags)


def _policy(account: Account, inputs: Inputs) -> Iterator[Found]:
    for row in account.policies():
        if row["PolicyName"] == inputs.get("policyName"):
            yield Found(row["PolicyName"])


def _attachment(account: Account, inputs: Inputs) -> Iterator[Found]:
    role, wanted = inputs["roleName"], (inputs["policyName"], inputs["policyType"])
    for row in account.attached(role):
        if (row["PolicyName"], row["PolicyType"]) == wanted:
            yield Found(":".join(("role", *wanted, role)))


def _oidc_provider(account: Account, inputs: Inputs) -> Iterator[Found]:
    for row in account.oidc_providers():
        if (row["OIDCProviderName"], row["IssuerUrl"]) == (inputs.get("oidcProviderName"), inputs.get("issuerUrl")):
            yield Found(row["OIDCProviderName"])


def _rpc(identity: str, row: Row) -> Found:
    tags = {tag["Key"]: tag["Value"] for tag in (row.get("Tags") or {}).get("Tag") or []}
    return Found(identity, row.get("Status") or "", tags)


FINDERS: Mapping[str, Finder] = {
    "alicloud:vpc/network:Network": _network,
    "alicloud:vpc/switch:Switch": _vswitch,
    "alicloud:vpc/natGateway:NatGateway": _nat_gateway,
    "alicloud:vpc/snatEntry:SnatEntry": _snat_entry,
    "alicloud:ecs/eipAddress:EipAddress": _address,
    "alicloud:ecs/eipAssociation:EipAssociation": _association,
    "alicloud:cs/managedKubernetes:ManagedKubernetes": _cluster,
    "alicloud:cs/nodePool:NodePool": _node_pool,
    "alicloud:cs/kubernetesAddon:KubernetesAddon": _addon,
    "alicloud:dns/alidnsRecord:AlidnsRecord": _record,
    "alicloud:arms/environment:Environment": _environment,
    "alicloud:arms/prometheusAlertRule:PrometheusAlertRule": _alert_rule,
    "alicloud:arms/envPodMonitor:EnvPodMonitor": _pod_monitor,
    "alicloud:ram/role:Role": _role,
    "alicloud:ram/policy:Policy": _policy,
    "alicloud:ram/rolePolicyAttachment:RolePolicyAttachment": _attachment,
    "alicloud:ims/oidcProvider:OidcProvider": _oidc_provider,
}

NEEDLESS: Mapping[str, str] = {
    "alicloud:cs/autoscalingConfig:AutoscalingConfig": "it is a setting of the cluster: `up` writes it again",
}
"""Types that are not looked for, and what becomes of them without."""
