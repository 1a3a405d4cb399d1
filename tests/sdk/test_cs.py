"""Container service 2015-12-15 through the vendor's SDK."""

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from lab.lifecycle import control
from tests.sdk.conftest import Open
from tests.sdk.vendor import REGION, Vendor
from tests.unit.lab.layouts import LayoutInFolder

PATIENCE_SECONDS = 120


@pytest.fixture(scope="module")
def cs(sdk: Open) -> Vendor:
    return sdk("cs")


def finish(cs: Vendor, answer: Any) -> None:
    assert ended(cs, answer).state == "success"


def ended(cs: Vendor, answer: Any) -> Any:
    """The task of an answer, once it has."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while (task := cs.call("DescribeTaskInfo", answer.task_id)).state == "running":
        assert time.monotonic() < deadline, f"task {answer.task_id} has not ended"
    return task


@pytest.fixture(scope="module")
def vswitches(sdk: Open) -> Iterator[list[str]]:
    vpc = sdk("vpc")
    network = vpc.call("CreateVpc", RegionId=REGION, CidrBlock="10.0.0.0/8").vpc_id
    switches = [
        vpc.call(
            "CreateVSwitch", RegionId=REGION, VpcId=network, ZoneId=f"{REGION}-{zone}", CidrBlock=f"10.{second}.0.0/16"
        ).v_switch_id
        for zone, second in (("l", 1), ("m", 2))
    ]
    yield switches
    for switch in switches:
        vpc.call("DeleteVSwitch", RegionId=REGION, VSwitchId=switch)
    vpc.call("DeleteVpc", RegionId=REGION, VpcId=network)


@pytest.fixture(scope="module")
def cluster(cs: Vendor, sdk: Open, vswitches: list[str]) -> Iterator[str]:
    network = sdk("vpc").call("DescribeVSwitchAttributes", RegionId=REGION, VSwitchId=vswitches[0]).vpc_id
    wanted = {
        "name": "sd",
        "region_id": REGION,
        "cluster_type": "ManagedKubernetes",
        "cluster_spec": "ack.pro.small",
        "vpcid": network,
        "vswitch_ids": vswitches,
        "service_cidr": "172.21.0.0/20",
        "addons": [{"name": "knative", "config": "{}"}],
        "tags": [{"key": "stack", "value": "dev"}],
        "deletion_protection": True,
        "endpoint_public_access": True,
    }
    made = cs.call("CreateCluster", **wanted)
    finish(cs, made)
    yield made.cluster_id
    assert cs.refused("DeleteCluster", made.cluster_id) == "ErrorClusterDeletionProtected"
    cs.call("ModifyCluster", made.cluster_id, deletion_protection=False)
    finish(cs, cs.call("DeleteCluster", made.cluster_id))
    assert cs.refused("DescribeClusterDetail", made.cluster_id) == "ErrorClusterNotFound"


def test_a_cluster_is_shown_with_its_credentials(cs: Vendor, cluster: str) -> None:
    shown = cs.call("DescribeClusterDetail", cluster)
    assert (shown.name, shown.state, shown.cluster_spec) == ("sd", "running", "ack.pro.small")
    assert [(tag.key, tag.value) for tag in shown.tags] == [("stack", "dev")]
    assert "api_server_endpoint" in json.loads(shown.master_url)
    listed = cs.call("DescribeClustersV1", region_id=REGION)
    assert ([one.cluster_id for one in listed.clusters], listed.page_info.total_count) == ([cluster], 1)
    assert [one.resource_type for one in cs.call("DescribeClusterResources", cluster)] == ["SLB"]
    assert "certificate-authority-data" in cs.call("DescribeClusterUserKubeconfig", cluster).config


def test_a_clusters_settings_change(cs: Vendor, cluster: str) -> None:
    cs.call("ModifyCluster", cluster, cluster_name="other")
    cs.call("ModifyClusterTags", cluster, body=[{"key": "team", "value": "a"}])
    cs.call("UpdateControlPlaneLog", cluster, log_project="logs", log_ttl="7", components=["kcm"])
    cs.call("UpdateClusterAuditLogConfig", cluster, sls_project_name="logs")
    cs.call("UpdateKMSEncryption", cluster, kms_key_id="key-1", disable_encryption=False)
    cs.call("CreateAutoscalingConfig", cluster, expander="least-waste", scaler_type="cluster-autoscaler")
    finish(cs, cs.call("UpgradeCluster", cluster, next_version="1.36.1-aliyun.1"))

    shown = cs.call("DescribeClusterDetail", cluster)
    assert (shown.name, shown.current_version) == ("other", "1.36.1-aliyun.1")
    assert [(tag.key, tag.value) for tag in shown.tags] == [("team", "a")]
    log = cs.call("CheckControlPlaneLogEnable", cluster)
    assert (log.log_project, log.log_ttl, log.components) == ("logs", "7", ["kcm"])
    audit = cs.call("GetClusterAuditProject", cluster)
    assert (audit.audit_enabled, audit.sls_project_name) == (True, "logs")


def test_a_node_pool_is_made_shown_changed_and_deleted(cs: Vendor, cluster: str, vswitches: list[str]) -> None:
    wanted = {
        "nodepool_info": {"name": "gpu"},
        "scaling_group": {"instance_types": ["ecs.gn7i-c8g1.2xlarge"], "vswitch_ids": vswitches},
        "auto_scaling": {"enable": True, "min_instances": 1, "max_instances": 2, "type": "gpu"},
        "kubernetes_config": {"labels": [{"key": "a", "value": "b"}], "taints": []},
    }
    made = cs.call("CreateClusterNodePool", cluster, **wanted)
    finish(cs, made)
    shown = cs.call("DescribeClusterNodePoolDetail", cluster, made.nodepool_id)
    assert (shown.nodepool_info.name, shown.status.total_nodes) == ("gpu", 1)
    assert (shown.auto_scaling.min_instances, shown.auto_scaling.max_instances) == (1, 2)

    [listed] = cs.call("DescribeClusterNodePools", cluster).nodepools
    assert listed.nodepool_info.nodepool_id == made.nodepool_id

    changed = {"enable": True, "min_instances": 0, "max_instances": 3}
    finish(cs, cs.call("ModifyClusterNodePool", cluster, made.nodepool_id, auto_scaling=changed))
    assert cs.call("DescribeClusterNodePoolDetail", cluster, made.nodepool_id).auto_scaling.max_instances == 3
    finish(cs, cs.call("DeleteClusterNodepool", cluster, made.nodepool_id, force=True))
    assert cs.refused("DescribeClusterNodePoolDetail", cluster, made.nodepool_id) == "ErrorNodePoolNotFound"


def test_a_node_pool_whose_types_are_sold_out_fails_its_task_with_the_reason(
    cs: Vendor, cluster: str, layout: LayoutInFolder
) -> None:
    with control(layout) as account:
        account.put("/lab/stock", json=[{"instance_type": "ecs.gn7i-*"}]).raise_for_status()
        group = {"instance_types": ["ecs.gn7i-c8g1.2xlarge"], "desired_size": 1}
        made = cs.call("CreateClusterNodePool", cluster, nodepool_info={"name": "gpu"}, scaling_group=group)

        failed = ended(cs, made)
        assert (failed.state, "OperationDenied.NoStock" in failed.error.message) == ("failed", True)
        account.put("/lab/stock", json=[]).raise_for_status()
    finish(cs, cs.call("DeleteClusterNodepool", cluster, made.nodepool_id))


def test_an_addon_is_installed_configured_and_taken_out(cs: Vendor, cluster: str) -> None:
    cs.call("InstallClusterAddons", cluster, body=[{"name": "arms-prometheus", "config": "{}"}])
    assert cs.call("GetClusterAddonInstance", cluster, "arms-prometheus").name == "arms-prometheus"
    cs.call("UpgradeClusterAddons", cluster, body=[{"component_name": "arms-prometheus", "next_version": "1.1.0"}])
    progress = cs.call("DescribeClusterAddonsUpgradeStatus", cluster, componentIds=["arms-prometheus"])
    assert set(progress) == {"arms-prometheus"}
    cs.call("ModifyClusterAddon", cluster, "arms-prometheus", config='{"a":1}')
    assert cs.call("GetClusterAddonInstance", cluster, "arms-prometheus").config == '{"a":1}'
    assert cs.call("DescribeAddon", "arms-prometheus", cluster_id=cluster).name == "arms-prometheus"
    cs.call("UnInstallClusterAddons", cluster, addons=[{"name": "arms-prometheus"}])
    assert cs.refused("GetClusterAddonInstance", cluster, "arms-prometheus") == "AddonNotFound"


def test_what_kubernetes_can_be_had(cs: Vendor) -> None:
    versions = cs.call("DescribeKubernetesVersionMetadata", Region=REGION, ClusterType="ManagedKubernetes")
    assert all(one.version for one in versions)
