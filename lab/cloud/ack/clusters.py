"""Managed clusters: one at a time, since the lab has one machine for it."""

from collections.abc import Callable, Container, Mapping
from datetime import datetime
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field

from lab.cloud.errors import ApiError
from lab.cloud.naming import RESOURCE_GROUP, new_id, now
from lab.cloud.store import Collection, Store
from lab.cloud.vpc.networks import Networks
from lab.hands import Hands

DEFAULT_VERSION = "1.35.7-aliyun.1"
KUBECONFIG_YEARS = 3


class ControlPlaneLog(BaseModel):
    """components: kcm, apiserver …; empty when nothing is collected."""

    log_project: str | None = None
    log_ttl: str = "30"
    components: list[str] = Field(default_factory=list)


class Audit(BaseModel):
    enabled: bool = False
    sls_project_name: str = ""


class Cluster(BaseModel):
    """Fields are named as DescribeClusterDetail names them.

    api_server: URL under which the lab's cluster is reached, "" until it runs.
    """

    model_config = ConfigDict(extra="ignore")

    cluster_id: str
    name: str
    region_id: str
    state: Literal["initial", "running", "deleting", "failed"] = "initial"
    profile: str = "Default"
    cluster_spec: str = "ack.standard"
    current_version: str = DEFAULT_VERSION
    vpc_id: str
    vswitch_ids: list[str] = Field(min_length=1)
    pod_vswitch_ids: list[str] = Field(default_factory=list)
    security_group_id: str
    resource_group_id: str = RESOURCE_GROUP
    service_cidr: str = "172.21.0.0/20"
    container_cidr: str | None = None
    node_cidr_mask: str | None = None
    proxy_mode: str = "ipvs"
    ip_stack: str = "ipv4"
    cluster_domain: str = "cluster.local"
    timezone: str | None = None
    deletion_protection: bool = False
    endpoint_public_access: bool = False
    enable_rrsa: bool = False
    custom_san: str | None = None
    encryption_provider_key: str | None = None
    maintenance_window: dict[str, Any] = Field(default_factory=lambda: {"enable": False})
    operation_policy: dict[str, Any] | None = None
    auto_mode: dict[str, Any] | None = None
    tags: list[dict[str, str]] = Field(default_factory=list)
    log: ControlPlaneLog = Field(default_factory=ControlPlaneLog)
    audit: Audit = Field(default_factory=Audit)
    autoscaler: dict[str, Any] = Field(default_factory=dict)
    created: str
    updated: str
    api_server: str = ""

    @property
    def kubeconfig_expires(self) -> str:
        """Fixed for the life of the cluster: a date that moves would be a change at every preview."""
        created = datetime.fromisoformat(self.created)
        return created.replace(year=created.year + KUBECONFIG_YEARS, day=1).strftime("%Y-%m-%dT%H:%M:%SZ")


class Clusters:
    def __init__(self, store: Store, networks: Networks, hands: Hands) -> None:
        self._store = store
        self._networks = networks
        self._hands = hands
        self.clusters = Collection(store, "cluster", Cluster, "ErrorClusterNotFound")
        networks.vswitch_users["DependencyViolation"] = self._clusters_in

    def create(self, body: Mapping[str, Any], region: str) -> Cluster:
        """Only the record; start() brings the cluster."""
        with self._store.transaction():
            if existing := self.clusters.all():
                raise ApiError(
                    "QuotaExceeded.Cluster",
                    f"the lab holds one cluster, {existing[0].cluster_id} ({existing[0].name}): delete that first",
                )
            cluster = Cluster.model_validate(
                {
                    **{name: value for name, value in body.items() if value is not None},
                    "cluster_id": "c" + new_id("") + new_id(""),
                    "region_id": body.get("region_id") or region,
                    "vpc_id": body.get("vpcid"),
                    "current_version": body.get("kubernetes_version") or DEFAULT_VERSION,
                    "security_group_id": body.get("security_group_id") or new_id("sg-"),
                    "log": _log(body),
                    "audit": body.get("audit_log_config") or {},
                    "created": now(),
                    "updated": now(),
                }
            )
            for vswitch in cluster.vswitch_ids + cluster.pod_vswitch_ids:
                self._networks.vswitches.get(vswitch)
            return self.clusters.put(cluster.cluster_id, cluster)

    def start(self, cluster_id: str, addons: Callable[[], None]) -> None:
        """Returns once the cluster runs with its first addons; what fails leaves it failed, to be deleted."""
        try:
            self._hands.create_cluster(cluster_id)
            addons()
            url = yaml.safe_load(self._hands.kubeconfig(cluster_id))["clusters"][0]["cluster"]["server"]
        except Exception:
            self.clusters.change(cluster_id, state="failed")
            raise
        self.clusters.change(cluster_id, state="running", api_server=url)

    def change(self, cluster_id: str, **fields: object) -> Cluster:
        return self.clusters.change(cluster_id, updated=now(), **fields)

    def kubeconfig(self, cluster_id: str) -> str:
        cluster = self.clusters.get(cluster_id)
        if cluster.state != "running":
            raise ApiError("ErrorClusterState", f"cluster {cluster_id} is {cluster.state}: it has no kubeconfig")
        return self._hands.kubeconfig(cluster_id)

    def begin_deletion(self, cluster_id: str) -> Cluster:
        """Raises ApiError if the cluster is protected or not there yet."""
        cluster = self.clusters.get(cluster_id)
        if cluster.deletion_protection:
            raise ApiError(
                "ErrorClusterDeletionProtected",
                f"cluster {cluster_id} has deletion protection: switch that off (deletion_protection) first",
            )
        if cluster.state in ("initial", "deleting"):
            raise ApiError("ErrorClusterState", f"cluster {cluster_id} is {cluster.state}: wait until that has ended")
        return self.change(cluster_id, state="deleting")

    def finish_deletion(self, cluster_id: str) -> None:
        try:
            self._hands.delete_cluster(cluster_id)
        except Exception:
            self.clusters.change(cluster_id, state="failed")
            raise
        self.clusters.remove(cluster_id)

    def fail_unattended(self, attended: Container[str]) -> None:
        """After a restart: a creation or deletion that has no task to go on with can only be deleted (again)."""
        for cluster in self.clusters.all():
            if cluster.state in ("initial", "deleting") and cluster.cluster_id not in attended:
                self.clusters.change(cluster.cluster_id, state="failed")

    def in_security_group(self, identity: str) -> list[str]:
        return [f"cluster {one.cluster_id}" for one in self.clusters.all() if one.security_group_id == identity]

    def _clusters_in(self, vswitch_id: str) -> list[str]:
        return [
            f"cluster {cluster.cluster_id}"
            for cluster in self.clusters.all()
            if vswitch_id in cluster.vswitch_ids + cluster.pod_vswitch_ids
        ]


def _log(body: Mapping[str, Any]) -> dict[str, Any]:
    spelt = {"log_project": "project", "log_ttl": "ttl", "components": "components"}
    given = {field: body.get(f"controlplane_log_{name}") for field, name in spelt.items()}
    return {field: value for field, value in given.items() if value is not None}
