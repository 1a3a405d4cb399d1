"""What the emulated account holds beyond a state, and what is to be done about it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest

from lab.cloud.account import Account as Cloud
from lab.cloud.settings import Settings
from ops.preflight.openapi import Keys, OpenApi
from ops.recover.account import Account
from ops.recover.findings import Finding, Verdict, findings
from ops.recover.state import State, planned
from tests.unit.lab.cloud.api import Api
from tests.unit.lab.cloud.fakes import FakeHands
from tests.unit.ops.conftest import InProcess
from tests.unit.ops.recover.states import (
    ADDRESS,
    BOUND,
    CLUSTER,
    NAT,
    POOL,
    SWITCH,
    TAGS,
    UNKNOWN,
    VPC,
    created,
    export,
    held,
    wanted,
)

ADDON = "alicloud:cs/kubernetesAddon:KubernetesAddon"
ENVIRONMENT = "alicloud:arms/environment:Environment"
RULE = "alicloud:arms/prometheusAlertRule:PrometheusAlertRule"
RECORD = "alicloud:dns/alidnsRecord:AlidnsRecord"
SNAT = "alicloud:vpc/snatEntry:SnatEntry"
MONITOR = "alicloud:arms/envPodMonitor:EnvPodMonitor"
OIDC = "alicloud:ims/oidcProvider:OidcProvider"
ROLE = "alicloud:ram/role:Role"
POLICY = "alicloud:ram/policy:Policy"
ATTACHMENT = "alicloud:ram/rolePolicyAttachment:RolePolicyAttachment"
AUTOSCALING = "alicloud:cs/autoscalingConfig:AutoscalingConfig"
SERVICE = "kubernetes:serving.knative.dev/v1:Service"


class World:
    """An account, and the client that a recovery asks it with."""

    def __init__(self, folder: Path, **settings: float) -> None:
        self.cloud = Cloud(folder, FakeHands(), Settings(node_boot_seconds=0, **settings))
        self.api = Api(self.cloud.app)
        self.vpc = self.api.vpc()
        self._client = httpx.Client(transport=InProcess(self.cloud.app))

    def nat(self, **parameters: str) -> str:
        made = self.api.rpc("vpc", "CreateNatGateway", VpcId=self.vpc, Name="sd-dev", **parameters)
        return str(made["NatGatewayId"])

    def address(self) -> str:
        return str(self.api.rpc("vpc", "AllocateEipAddress", Name="sd-dev")["AllocationId"])

    def tag(self, identity: str, **tags: str) -> None:
        for key, value in tags.items():
            self.api.rpc("vpc", "TagResources", ResourceId__1=identity, Tag__1__Key=key, Tag__1__Value=value)

    def findings(self, state: str, *plan: Mapping[str, Any]) -> Sequence[Finding]:
        account = Account(OpenApi(Keys("key", "secret"), self._client), "cn-shanghai")
        return list(findings(account, State.parse(state), planned(created(*plan))))

    def close(self) -> None:
        self.api.close()
        self.cloud.stop()


Make = Callable[..., World]


@pytest.fixture
def worlds(tmp_path: Path) -> Iterator[Make]:
    made: list[World] = []

    def make(**settings: float) -> World:
        made.append(World(tmp_path, **settings))
        return made[-1]

    yield make
    for world in made:
        world.close()


@pytest.fixture
def world(worlds: Make) -> World:
    return worlds()


def nat_wanted(world: World, **inputs: Any) -> dict[str, Any]:
    return wanted(NAT, "nat", {"vpcId": world.vpc, "natGatewayName": "sd-dev", "tags": TAGS, **inputs})


def told(found: Sequence[Finding]) -> list[tuple[str, Verdict, str]]:
    return [(one.wanted.name, one.verdict, one.id) for one in found]


def test_what_an_engine_died_creating_is_adopted_though_its_tags_were_never_set(world: World) -> None:
    nat = world.nat()

    found = world.findings(export(creating=[nat_wanted(world)]))

    assert told(found) == [("nat", Verdict.ADOPT, nat)]
    assert "name or place" in found[0].how


def test_tags_say_how_it_was_found(world: World) -> None:
    world.tag(world.nat(), **TAGS)

    (found,) = world.findings(export(creating=[nat_wanted(world)]))

    assert (found.verdict, found.how) == (Verdict.ADOPT, "an engine died creating it; by name and tags")


def test_of_two_none_is_adopted_and_both_are_named(world: World) -> None:
    both = ", ".join(sorted([world.nat(), world.nat()]))

    (found,) = world.findings(export(creating=[nat_wanted(world)]))

    assert (found.verdict, ", ".join(sorted(found.id.split(", ")))) == (Verdict.UNDECIDED, both)
    assert "delete" in found.said


def test_another_stacks_object_of_the_same_name_is_left_alone(world: World) -> None:
    world.tag(world.nat(), stack="prod")

    assert told(world.findings(export(creating=[nat_wanted(world)]))) == [("nat", Verdict.CLEAR, "")]


@pytest.mark.parametrize(
    ("type_", "said"),
    [
        (NAT, "there is none"),
        (AUTOSCALING, "writes it again"),
        ("alicloud:kms/key:Key", "not looked for"),
        (SERVICE, "exists already"),
    ],
)
def test_what_is_not_found_is_cleared_with_what_happens_next(world: World, type_: str, said: str) -> None:
    (found,) = world.findings(export(creating=[{**nat_wanted(world), "type": type_}]))

    assert found.verdict is Verdict.CLEAR
    assert said in found.said


def test_what_is_still_being_made_is_waited_for(worlds: Make) -> None:
    world = worlds(pending_seconds=60)
    nat = world.nat()

    assert told(world.findings(export(creating=[nat_wanted(world)]))) == [("nat", Verdict.WAIT, nat)]


def test_a_lost_answer_leaves_no_operation_and_the_plan_tells_what_is_missing(world: World) -> None:
    nat, address = world.nat(), world.address()
    world.api.rpc("vpc", "AssociateEipAddress", AllocationId=address, InstanceId=nat, InstanceType="Nat")
    state = export(held(NAT, "nat", nat, nat_wanted(world)["inputs"]), held(ADDRESS, "address", address))

    found = world.findings(state, wanted(BOUND, "bound", {"allocationId": address, "instanceId": nat}))

    assert told(found) == [("bound", Verdict.ADOPT, f"{address}:{nat}")]


def test_each_kind_is_found_by_what_cannot_be_there_twice(world: World) -> None:
    switch, nat, address = world.api.vswitch(world.vpc), world.nat(), world.address()
    world.api.rpc("vpc", "AssociateEipAddress", AllocationId=address, InstanceId=nat, InstanceType="Nat")
    table = world.api.rpc("vpc", "DescribeNatGateways", NatGatewayId=nat)["NatGateways"]["NatGateway"][0]
    table = table["SnatTableIds"]["SnatTableId"][0]
    source = {"SnatTableId": table, "SnatIp": "203.0.113.1", "SourceVSwitchId": switch}
    entry = world.api.rpc("vpc", "CreateSnatEntry", **source)["SnatEntryId"]
    cluster = world.api.cluster(addons=[{"name": "knative"}], vswitch_ids=[switch])
    pool = world.api.cs("POST", f"/clusters/{cluster}/nodepools", {"nodepool_info": {"name": "gpu"}})
    world.api.finish(pool)
    record = world.api.rpc("alidns", "AddDomainRecord", DomainName="example.com", RR="*", Type="CNAME", Value="alb")
    kind = {"EnvironmentType": "CS", "EnvironmentSubType": "ManagedKubernetes"}
    environment = world.api.rpc("arms", "CreateEnvironment", EnvironmentName="sd", BindResourceId=cluster, **kind)
    alert = {"ClusterId": cluster, "AlertName": "errors", "Expression": "1", "Duration": "1", "Message": ""}
    rule = world.api.rpc("arms", "CreatePrometheusAlertRule", **alert)["PrometheusAlertRule"]["AlertId"]

    found = world.findings(
        export(),
        wanted(VPC, "vpc", {"vpcName": "net", "cidrBlock": "10.0.0.0/8"}),
        wanted(SWITCH, "switch", {"vpcId": world.vpc, "zoneId": "cn-shanghai-l", "cidrBlock": "10.1.0.0/16"}),
        wanted(SNAT, "snat", {"snatTableId": table, "snatIp": "203.0.113.1", "sourceVswitchId": switch}),
        wanted(ADDRESS, "address", {"addressName": "sd-dev"}),
        wanted(CLUSTER, "cluster", {"name": "sd"}),
        wanted(POOL, "pool", {"clusterId": cluster, "nodePoolName": "gpu"}),
        wanted(ADDON, "addon", {"clusterId": cluster, "name": "knative"}),
        wanted(ENVIRONMENT, "environment", {"bindResourceId": cluster, "environmentName": "sd"}),
        wanted(RULE, "rule", {"clusterId": cluster, "prometheusAlertRuleName": "errors"}),
        wanted(RECORD, "record", {"domainName": "example.com", "rr": "*", "type": "CNAME"}),
    )

    assert {one.wanted.name: (one.verdict, one.id) for one in found} == {
        name: (Verdict.ADOPT, identity)
        for name, identity in {
            "vpc": world.vpc,
            "switch": switch,
            "snat": f"{table}:{entry}",
            "address": address,
            "cluster": cluster,
            "pool": f"{cluster}:{pool['nodepool_id']}",
            "addon": f"{cluster}:knative",
            "record": record["RecordId"],
            "environment": environment["Data"],
            "rule": f"{cluster}:{rule}",
        }.items()
    }


def test_what_the_account_knows_by_name_alone_is_found_by_name(world: World) -> None:
    document = '{"Statement":[],"Version":"1"}'
    issuer = {"OIDCProviderName": "sd-github", "IssuerUrl": "https://issuer.example.com"}
    world.api.rpc("ims", "CreateOIDCProvider", **issuer)
    for name in ("sd-deploy", "sd-preview"):
        world.api.rpc("ram", "CreateRole", RoleName=name, AssumeRolePolicyDocument=document)
    world.api.rpc("ram", "CreatePolicy", PolicyName="sd-state", PolicyDocument=document)
    attached = {"RoleName": "sd-deploy", "PolicyName": "sd-state", "PolicyType": "Custom"}
    world.api.rpc("ram", "AttachPolicyToRole", **attached)
    binding = {"policyName": "sd-state", "policyType": "Custom"}

    found = world.findings(
        export(),
        wanted(OIDC, "provider", {"oidcProviderName": "sd-github", "issuerUrl": issuer["IssuerUrl"]}),
        wanted(ROLE, "role", {"roleName": "sd-deploy"}),
        wanted(POLICY, "policy", {"policyName": "sd-state"}),
        wanted(ATTACHMENT, "attached", {"roleName": "sd-deploy", **binding}),
        wanted(ATTACHMENT, "not attached", {"roleName": "sd-preview", **binding}),
        wanted(ATTACHMENT, "of no role", {"roleName": "sd-none", **binding}),
    )

    assert told(found) == [
        ("provider", Verdict.ADOPT, "sd-github"),
        ("role", Verdict.ADOPT, "sd-deploy"),
        ("policy", Verdict.ADOPT, "sd-state"),
        ("attached", Verdict.ADOPT, "role:sd-state:Custom:sd-deploy"),
    ]


def test_a_role_of_the_same_name_with_other_tags_is_left_alone(world: World) -> None:
    tags = '[{"Key": "stack", "Value": "prod"}]'
    world.api.rpc("ram", "CreateRole", RoleName="sd", AssumeRolePolicyDocument="{}", Tag=tags)

    assert world.findings(export(), wanted(ROLE, "role", {"roleName": "sd", "tags": TAGS})) == []


def test_lists_that_go_by_markers_are_read_to_their_end(world: World) -> None:
    names = [f"role-{number:03}" for number in range(60)]
    for name in names:
        world.api.rpc("ram", "CreateRole", RoleName=name, AssumeRolePolicyDocument="{}")

    found = world.findings(export(), *(wanted(ROLE, name, {"roleName": name}) for name in names))

    assert [one.id for one in found] == names


def test_a_pod_monitor_is_found_by_the_name_in_its_yaml(world: World) -> None:
    kind = {"EnvironmentType": "CS", "EnvironmentSubType": "ManagedKubernetes"}
    made = world.api.rpc("arms", "CreateEnvironment", EnvironmentName="sd", BindResourceId=world.api.cluster(), **kind)
    environment = made["Data"]
    monitors = {name: f'{{"metadata": {{"name": "{name}", "namespace": "kn"}}}}' for name in ("mine", "other")}
    for text in monitors.values():
        world.api.rpc("arms", "CreateEnvPodMonitor", EnvironmentId=environment, ConfigYaml=text)

    inputs = {"environmentId": environment, "configYaml": monitors["mine"]}
    found = world.findings(export(creating=[wanted(MONITOR, "monitor", inputs)]))

    assert told(found) == [("monitor", Verdict.ADOPT, f"{environment}:kn:mine")]


def test_what_the_plan_makes_for_the_first_time_is_no_finding(world: World) -> None:
    cluster = world.api.cluster()

    found = world.findings(
        export(),
        nat_wanted(world),
        nat_wanted(world, vpcId=UNKNOWN),
        wanted(POOL, "pool", {"clusterId": cluster, "nodePoolName": "gpu"}),
        wanted(ADDON, "addon", {"clusterId": cluster, "name": "knative"}),
        wanted(ROLE, "role", {"roleName": "r"}),
    )

    assert found == []


@pytest.mark.parametrize("more", [{"inputs": "[secret]"}, {"refers": "nothing"}])
def test_what_could_not_be_written_whole_is_not_adopted(world: World, more: Mapping[str, str]) -> None:
    world.nat()
    inputs = {"description": more["inputs"]} if "inputs" in more else {}
    refers = {"dependencies": ["urn:pulumi:dev::project::a::b"]} if "refers" in more else {}

    (found,) = world.findings(export(), {**nat_wanted(world, **inputs), **refers})

    assert found.verdict is Verdict.UNDECIDED


def test_a_second_one_beside_that_of_the_state_is_named(world: World) -> None:
    known, spare = world.nat(), world.nat()

    found = world.findings(export(held(NAT, "nat", known, nat_wanted(world)["inputs"])))

    assert told(found) == [("nat", Verdict.SPARE, spare)]


@pytest.mark.parametrize(("tags", "verdict"), [({}, Verdict.FOREIGN), (TAGS, Verdict.SPARE)])
def test_where_no_parent_tells_whose_it_is_its_tags_must(
    world: World, tags: Mapping[str, str], verdict: Verdict
) -> None:
    known, other = world.address(), world.address()
    world.tag(other, **tags)

    found = world.findings(export(held(ADDRESS, "address", known, {"addressName": "sd-dev", "tags": TAGS})))

    assert told(found) == [("address", verdict, other)]
