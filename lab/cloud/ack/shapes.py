"""Container service: what its answers look like, with every field that the provider cannot do without."""

import json
from collections.abc import Sequence
from typing import Any

from lab.cloud.ack.addons import VERSION, Addon
from lab.cloud.ack.clusters import Cluster
from lab.cloud.ack.fleet import Node
from lab.cloud.ack.pools import NodePool
from lab.cloud.ack.tasks import Task
from lab.cloud.naming import ACCOUNT_ID

# Nothing answers there: the provider derives the output slb_intranet from it.
INTRANET_API_SERVER = "https://10.200.0.254:6443"

NOT_SHOWN = {"api_server", "audit", "autoscaler", "custom_san", "enable_rrsa", "encryption_provider_key", "log"}

# CreateAutoscalingConfig → config of the addon, from which the provider reads it back.
AUTOSCALER_CONFIG = {
    "cool_down_duration": "ScaleDownDelayAfterAdd",
    "unneeded_duration": "ScaleDownUnneededTime",
    "utilization_threshold": "ScaleDownUtilizationThreshold",
    "gpu_utilization_threshold": "ScaleDownGpuUtilizationThreshold",
    "scan_interval": "ScanInterval",
    "scale_down_enabled": "ScaleDownEnabled",
    "expander": "Expander",
    "skip_nodes_with_system_pods": "SkipNodesWithSystemPods",
    "skip_nodes_with_local_storage": "SkipNodesWithLocalStorage",
    "daemonset_eviction_for_nodes": "DaemonsetEvictionForEmptyNodes",
    "max_graceful_termination_sec": "MaxGracefulTerminationSec",
    "min_replica_count": "MinReplicaCount",
    "recycle_node_deletion_enabled": "RecycleNodeDeletionEnabled",
    "scale_up_from_zero": "ScaleUpFromZero",
}


def cluster(item: Cluster, nodes: int) -> dict[str, Any]:
    """master_url and meta_data are JSON inside a string; the provider fails on a cluster without meta_data."""
    endpoints = {"intranet_api_server_endpoint": INTRANET_API_SERVER}
    if item.endpoint_public_access and item.api_server:
        endpoints["api_server_endpoint"] = item.api_server
    return {
        **item.model_dump(exclude=NOT_SHOWN, exclude_none=True),
        "cluster_type": "ManagedKubernetes",
        "vswitch_id": ",".join(item.vswitch_ids),
        "init_version": item.current_version,
        "worker_ram_role_name": f"KubernetesWorkerRole-{item.cluster_id[:12]}",
        "size": nodes,
        "parameters": {},
        "master_url": json.dumps(endpoints),
        "meta_data": json.dumps(_meta_data(item)),
    }


def resources(item: Cluster) -> list[dict[str, Any]]:
    return [{"resource_type": "SLB", "instance_id": f"lb-{item.cluster_id[:17]}", "cluster_id": item.cluster_id}]


def control_plane_log(item: Cluster) -> dict[str, Any]:
    return item.log.model_dump(exclude_none=True)


def audit(item: Cluster) -> dict[str, Any]:
    return {"audit_enabled": item.audit.enabled, "sls_project_name": item.audit.sls_project_name}


def task(item: Task) -> dict[str, Any]:
    error = {"error": {"code": "Lab.TaskFailed", "message": item.message}} if item.message else {}
    return {**item.model_dump(exclude={"message", "subject"}), **error}


def pool(item: NodePool, nodes: Sequence[Node]) -> dict[str, Any]:
    ready = sum(node.state == "ready" for node in nodes)
    status = {
        "state": "deleting" if item.leaving else "active",
        "total_nodes": len(nodes),
        "serving_nodes": ready,
        "healthy_nodes": ready,
        "initial_nodes": len(nodes) - ready,
        "failed_nodes": 0,
    }
    return {**item.body, "status": status}


def addon(item: Addon) -> dict[str, Any]:
    return {"name": item.name, "version": item.version, "state": item.state, "config": item.config}


def addon_kind(name: str) -> dict[str, Any]:
    return {
        "name": name,
        "version": VERSION,
        "config_schema": "{}",
        "install_by_default": False,
        "newer_versions": [],
        "supported_actions": ["Install", "Upgrade", "Modify", "Uninstall"],
    }


def addon_progress(item: Addon) -> dict[str, Any]:
    status = {"installing": "Running", "active": "Success", "failed": "Failed"}[item.state]
    return {"addon_info": {"version": item.version}, "can_upgrade": False, "tasks": {"status": status}}


def autoscaler(item: Cluster) -> dict[str, Any]:
    config = {name: item.autoscaler[field] for field, name in AUTOSCALER_CONFIG.items() if field in item.autoscaler}
    return {
        "name": item.autoscaler["scaler_type"],
        "version": VERSION,
        "state": "active",
        "config": json.dumps(config),
    }


def _meta_data(item: Cluster) -> dict[str, Any]:
    provider = f"ack-rrsa-{item.cluster_id}"
    rrsa = {
        "enabled": item.enable_rrsa,
        "issuer": f"https://oidc-ack-{item.region_id}.oss-{item.region_id}.aliyuncs.com/{item.cluster_id}",
        "oidc_name": provider,
        "oidc_arn": f"acs:ram::{ACCOUNT_ID}:oidc-provider/{provider}",
    }
    capabilities: dict[str, Any] = {"PublicSLB": item.endpoint_public_access}
    if item.encryption_provider_key:
        capabilities |= {"EncryptionKMSKeyId": item.encryption_provider_key, "DisableEncryption": False}
    sans = {"ExtraCertSAN": item.custom_san.split(",")} if item.custom_san else {}
    return {"Capabilities": capabilities, "RRSAConfig": rrsa, **sans}
