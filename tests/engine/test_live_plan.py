"""Plans against a stack that exists: the real provider says what it would replace, and the report repeats it.

The stack is made up: its state is written from a first preview, as if that had been carried out.
"""

import json
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from lab.tools.pulumi import install
from lab.workspace import ACCOUNT, KEYS, Workspace
from ops.plan.changes import Op
from ops.plan.kinds import is_fixed
from ops.plan.live import changes_of
from ops.plan.preview import Preview
from ops.plan.report import Verdict, against_state

PROGRAM = Path(__file__).parent / "existing"
TYPES = {
    "vpc": "alicloud:vpc/network:Network",
    "switch": "alicloud:vpc/switch:Switch",
    "nat": "alicloud:vpc/natGateway:NatGateway",
    "address": "alicloud:ecs/eipAddress:EipAddress",
    "cluster": "alicloud:cs/managedKubernetes:ManagedKubernetes",
    "pool": "alicloud:cs/nodePool:NodePool",
    "addon": "alicloud:cs/kubernetesAddon:KubernetesAddon",
    "logs": "alicloud:log/project:Project",
    "record": "alicloud:dns/alidnsRecord:AlidnsRecord",
    "role": "alicloud:ram/role:Role",
}
INPUTS: Mapping[str, Mapping[str, Any]] = {
    "vpc": {"cidrBlock": "10.0.0.0/8", "vpcName": "a"},
    "switch": {"vpcId": "vpc-1", "cidrBlock": "10.0.0.0/20", "zoneId": "cn-shanghai-l", "vswitchName": "a"},
    "nat": {"vpcId": "vpc-1", "vswitchId": "vsw-1", "natType": "Enhanced", "natGatewayName": "a"},
    "address": {"bandwidth": "100", "internetChargeType": "PayByTraffic"},
    "cluster": {
        "name": "a", "clusterSpec": "ack.pro.small", "vswitchIds": ["vsw-1"], "serviceCidr": "172.21.0.0/20",
        "proxyMode": "ipvs", "deletionProtection": True, "version": "1.35.7-aliyun.1",
    },
    "pool": {
        "clusterId": "c1", "nodePoolName": "a", "vswitchIds": ["vsw-1"], "instanceTypes": ["ecs.gn7i-c8g1.2xlarge"],
        "systemDiskCategory": "cloud_essd", "systemDiskSize": 200, "scalingConfig": {"minSize": 0, "maxSize": 2},
    },
    "addon": {"clusterId": "c1", "name": "knative"},
    "logs": {"projectName": "a", "description": "a"},
    "record": {"domainName": "example.com", "rr": "sd", "type": "CNAME", "value": "a.example.com"},
    "role": {"roleName": "a", "assumeRolePolicyDocument": "{}", "description": "a"},
}  # fmt: skip


class Case(NamedTuple):
    kind: str
    changed: str
    value: Any

    @property
    def name(self) -> str:
        return f"{self.kind}-{self.changed}"


CASES = (
    Case("vpc", "cidrBlock", "172.16.0.0/12"),
    Case("vpc", "vpcName", "b"),
    Case("switch", "cidrBlock", "10.0.16.0/20"),
    Case("switch", "zoneId", "cn-shanghai-m"),
    Case("switch", "vswitchName", "b"),
    Case("nat", "vpcId", "vpc-2"),
    Case("nat", "natGatewayName", "b"),
    Case("address", "internetChargeType", "PayByBandwidth"),
    Case("address", "bandwidth", "200"),
    Case("cluster", "serviceCidr", "172.22.0.0/20"),
    Case("cluster", "proxyMode", "iptables"),
    Case("cluster", "vswitchIds", ["vsw-1", "vsw-2"]),
    Case("cluster", "deletionProtection", False),
    Case("pool", "clusterId", "c2"),
    Case("pool", "systemDiskCategory", "cloud_efficiency"),
    Case("pool", "instanceTypes", ["ecs.gn6i-c16g1.4xlarge"]),
    Case("pool", "scalingConfig", {"minSize": 1, "maxSize": 2}),
    Case("addon", "name", "metrics-server"),
    Case("addon", "config", '{"a":1}'),
    Case("logs", "projectName", "b"),
    Case("logs", "description", "b"),
    Case("record", "domainName", "example.org"),
    Case("record", "value", "b.example.com"),
    Case("role", "roleName", "b"),
    Case("role", "description", "b"),
)

pytestmark = pytest.mark.engine


class Stack:
    """A stack whose resources are said to exist."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "Pulumi.existing.yaml"
        self.write([])
        self.workspace = Workspace(folder / "workspace", self.file, install(), {**KEYS, **ACCOUNT}, PROGRAM)

    def write(self, resources: Sequence[Mapping[str, Any]]) -> None:
        config = {"alicloud:region": "cn-shanghai", "existing:resources": json.dumps(list(resources))}
        self.file.write_text(json.dumps({"config": config}), encoding="utf-8")

    def preview(self, resources: Sequence[Mapping[str, Any]]) -> str:
        self.write(resources)
        self.workspace.prepare()
        done = self.workspace.run("preview", ["--json", "--non-interactive"], capture=True)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def exists(self, plan: str) -> None:
        """Takes a first preview as carried out."""
        deployment = json.loads(self._pulumi("export"))
        deployment["deployment"]["resources"] = list(_carried_out(json.loads(plan)["steps"]))
        self._pulumi("import", "--force", stdin=json.dumps(deployment))

    def _pulumi(self, verb: str, *arguments: str, stdin: str = "") -> str:
        command = ["pulumi", "stack", verb, "--stack", "existing", *arguments]
        done = subprocess.run(
            command, cwd=self.file.parent / "workspace" / "project", env=self.workspace.environment, input=stdin,
            check=True, text=True, stdout=subprocess.PIPE,
        )  # fmt: skip
        return done.stdout


def _carried_out(steps: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    states = [dict(step["newState"]) for step in steps]
    providers = {state["provider"].rpartition("::")[0] for state in states if "provider" in state}
    for state in states:
        if state["custom"]:
            state["id"], state["outputs"] = "made-up", state.get("inputs", {})
        if "provider" in state:
            state["provider"] = f"{state['provider'].rpartition('::')[0]}::made-up"
    known = [
        {"urn": urn, "custom": True, "id": "made-up", "type": "pulumi:providers:alicloud", "inputs": {}, "outputs": {}}
        for urn in sorted(providers)
    ]
    return [*known, *states]


def resources(changed: bool) -> list[Mapping[str, Any]]:
    """One per case; changed: each with the case's property."""
    return [
        {
            "type": TYPES[case.kind],
            "name": case.name,
            "inputs": {**INPUTS[case.kind], **({case.changed: case.value} if changed else {})},
        }
        for case in CASES
    ]


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The preview of a stack that exists, of every resource with one property changed."""
    stack = Stack(tmp_path_factory.mktemp("existing"))
    stack.exists(stack.preview(resources(changed=False)))
    return stack.preview(resources(changed=True))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_table_of_fixed_properties_says_what_the_provider_says(plan: str, case: Case) -> None:
    change = next(one for one in changes_of(Preview.parse(plan)) if one.name == case.name)

    assert change.op is (Op.REPLACE if is_fixed(TYPES[case.kind], (case.changed,)) else Op.UPDATE)
    if change.op is Op.REPLACE:
        assert [one.path[0] for one in change.causes] == [case.changed]


def test_the_report_of_a_live_plan_has_consequences_and_values(plan: str) -> None:
    report = against_state("existing", plan)

    by_name = {change.name: change for change in report.changes}
    (cause,) = by_name["cluster-serviceCidr"].causes
    assert (cause.before, cause.after) == ("172.21.0.0/20", "172.22.0.0/20")
    assert report.cares[0].kind == "cluster"
    assert report.verdict is Verdict.REFUSED, "these have no tags"
