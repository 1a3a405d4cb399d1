"""AckCluster: a managed control plane, its always-on CPU nodes and a Kubernetes provider that reaches it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi
import pulumi_alicloud as alicloud
import pulumi_kubernetes as kubernetes

from components.control_plane import (
    ControlPlaneLogs,
    Maintenance,
    SecretEncryption,
    audit_log,
    maintenance_window,
    operation_policy,
    upgrades_itself,
)


@dataclass(frozen=True)
class TerwayPods:
    """Pods get addresses of the VPC, from these vSwitches (same zones as the nodes)."""

    vswitch_ids: Sequence[pulumi.Input[str]]


@dataclass(frozen=True)
class FlannelPods:
    """Pods get addresses of an overlay; fixed at creation, must not overlap the VPC or the services."""

    cidr: str
    addresses_per_node_prefix: int = 24


@dataclass(frozen=True)
class SystemPoolArgs:
    """The CPU nodes that are always there: ACK asks for three before it deploys Knative.

    The autoscaler never touches them, so that system pods keep a home while GPU nodes come and go.
    """

    instance_types: Sequence[str]
    size: int = 3
    image_type: str = "AliyunLinux4"
    disk_category: str = "cloud_essd"
    disk_gib: int = 120


@dataclass(frozen=True)
class AckClusterArgs:
    """What an AckCluster needs.

    version: in full, as ACK lists it (1.35.7-aliyun.1): a shorter one differs from what the API reads back.
    vpc_id, service_cidr, pods: fixed at creation; changing one replaces the cluster.
    public_api: fixed at creation.
    logs: of an ack.pro cluster alone. audit_log: None leaves it as ACK has it.
    rrsa: pods may take on RAM roles (RAM roles for service accounts); ACK never switches it off again.
    protect: ACK and the engine both refuse to delete or replace the cluster, the engine the system pool too. To lift
        it, apply it as false first and destroy then: in one go ACK would still refuse.
    after: resources that must be there before the first node boots (the way out).
    """

    cluster_name: str
    version: str
    vpc_id: pulumi.Input[str]
    vswitch_ids: Sequence[pulumi.Input[str]]
    pods: TerwayPods | FlannelPods
    service_cidr: str
    system_pool: SystemPoolArgs
    spec: str = "ack.pro.small"
    public_api: bool = True
    protect: bool = False
    logs: ControlPlaneLogs | None = None
    audit_log: bool | None = None
    maintenance: Maintenance | None = None
    rrsa: bool = False
    secret_encryption: SecretEncryption | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    after: Sequence[pulumi.Resource] = ()


class AckCluster(pulumi.ComponentResource):
    """Owns the control plane and the system pool; GPU pools and addons are components of their own."""

    cluster_id: pulumi.Output[str]
    kubeconfig: pulumi.Output[str]
    provider: kubernetes.Provider
    workers: Sequence[pulumi.Resource]
    """What an addon must wait for: without nodes its pods have nowhere to run."""

    def __init__(self, name: str, args: AckClusterArgs, opts: pulumi.ResourceOptions | None = None):
        super().__init__("ack-stable-diffusion:components:AckCluster", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        kept = pulumi.ResourceOptions(parent=self, protect=args.protect)

        self.cluster_id = _control_plane(name, args, kept).id
        self.workers = [_system_pool(name, args, self.cluster_id, kept)]
        # Without a duration: a temporary kubeconfig is a new one at every call, and every preview shows a change.
        credential = alicloud.cs.get_cluster_credential_output(
            cluster_id=self.cluster_id, opts=pulumi.InvokeOutputOptions(parent=self)
        )
        self.kubeconfig = pulumi.Output.secret(credential.kube_config)
        self.provider = kubernetes.Provider(
            f"{name}-kubernetes",
            kubeconfig=self.kubeconfig,
            # Renewed certificates then update the provider instead of replacing it and all objects with it.
            cluster_identifier=self.cluster_id,
            enable_server_side_apply=True,
            opts=child,
        )

        self.register_outputs({"cluster_id": self.cluster_id, "kubeconfig": self.kubeconfig})


def _control_plane(name: str, args: AckClusterArgs, kept: pulumi.ResourceOptions) -> alicloud.cs.ManagedKubernetes:
    terway = args.pods if isinstance(args.pods, TerwayPods) else None
    flannel = args.pods if isinstance(args.pods, FlannelPods) else None
    encryption = args.secret_encryption
    return alicloud.cs.ManagedKubernetes(
        f"{name}-cluster",
        name=args.cluster_name,
        cluster_spec=args.spec,
        version=args.version,
        vswitch_ids=args.vswitch_ids,
        pod_vswitch_ids=terway.vswitch_ids if terway else None,
        pod_cidr=flannel.cidr if flannel else None,
        node_cidr_mask=flannel.addresses_per_node_prefix if flannel else None,
        service_cidr=args.service_cidr,
        # IPVS is deprecated from Kubernetes 1.35 on.
        proxy_mode="iptables",
        # The network component owns the way out; a NAT gateway of ACK's own would outlive the cluster.
        new_nat_gateway=False,
        slb_internet_enabled=args.public_api,
        enable_rrsa=args.rrsa or None,
        control_plane_log_components=args.logs.components if args.logs else None,
        control_plane_log_ttl=str(args.logs.retention_days) if args.logs else None,
        audit_log_config=audit_log(args.audit_log),
        maintenance_window=maintenance_window(args.maintenance),
        operation_policy=operation_policy(args.maintenance),
        encryption_provider_key=encryption.kms_key_id if encryption and encryption.enabled else None,
        disable_encryption=not encryption.enabled if encryption else None,
        deletion_protection=args.protect,
        addons=_addons("terway-eniip" if terway else "flannel"),
        # ACK keeps load balancers by default: they would go on costing and hold their vSwitches.
        delete_options=[{"resource_type": kind, "delete_mode": "delete"} for kind in ("ALB", "SLB")],
        tags=args.tags,
        opts=pulumi.ResourceOptions.merge(
            kept,
            pulumi.ResourceOptions(
                depends_on=list(args.after),
                # The provider knows vSwitches only, and would plan vSwitches of another VPC as an update.
                replacement_trigger=args.vpc_id,
                ignore_changes=["version"] if upgrades_itself(args.maintenance) else None,
            ),
        ),
    )


def _addons(network: str) -> list[alicloud.cs.ManagedKubernetesAddonArgs]:
    """Network and storage only: ACK reads this list at creation and never again."""
    wanted = [network, "csi-plugin", "managed-csiprovisioner", "metrics-server"]
    return [
        *(alicloud.cs.ManagedKubernetesAddonArgs(name=addon) for addon in wanted),
        # Conflicts with the ALB ingress controller.
        alicloud.cs.ManagedKubernetesAddonArgs(name="nginx-ingress-controller", disabled=True),
    ]


def _system_pool(
    name: str, args: AckClusterArgs, cluster_id: pulumi.Output[str], kept: pulumi.ResourceOptions
) -> alicloud.cs.NodePool:
    pool = args.system_pool
    return alicloud.cs.NodePool(
        f"{name}-system",
        cluster_id=cluster_id,
        node_pool_name="system",
        vswitch_ids=args.vswitch_ids,
        instance_types=pool.instance_types,
        desired_size=str(pool.size),
        image_type=pool.image_type,
        system_disk_category=pool.disk_category,
        system_disk_size=pool.disk_gib,
        multi_az_policy="BALANCE",
        tags=args.tags,
        opts=kept,
    )
