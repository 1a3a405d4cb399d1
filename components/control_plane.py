"""What a control plane does beside running: logs, upkeep, roles for pods, encryption."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import pulumi
import pulumi_alicloud as alicloud

LogComponent = Literal["apiserver", "kcm", "scheduler", "ccm", "controlplane-events"]

# ACK reads time of day and offset from a full date; which one it is says nothing.
_SOME_DAY = "2024-01-04"


@dataclass(frozen=True)
class ControlPlaneLogs:
    """Written to a log project that ACK makes (k8s-log-<cluster id>) and that outlives the cluster.

    The provider can add and remove components later, but not the last one.
    """

    components: Sequence[LogComponent]
    retention_days: int = 30


@dataclass(frozen=True)
class Maintenance:
    """When ACK may work on the cluster and on managed node pools.

    start: HH:MM with the offset from UTC, 02:00+08:00. days: English names.
    auto_upgrade: which versions ACK moves the cluster to by itself; the program's version then counts at creation
        alone. None: none.
    enabled: false switches off what was switched on before; to remove it from the program alone changes nothing.
    """

    start: str
    hours: int
    days: Sequence[str]
    auto_upgrade: Literal["patch", "stable", "rapid"] | None = None
    enabled: bool = True


@dataclass(frozen=True)
class SecretEncryption:
    """Kubernetes Secrets are encrypted with this KMS key, of the cluster's region; ack.pro clusters alone.

    enabled: false decrypts them again; to remove it from the program alone does not. A key that is deleted takes all
    Secrets with it.
    """

    kms_key_id: pulumi.Input[str]
    enabled: bool = True


def audit_log(enabled: bool | None) -> alicloud.cs.ManagedKubernetesAuditLogConfigArgs | None:
    """None leaves it to ACK."""
    return None if enabled is None else alicloud.cs.ManagedKubernetesAuditLogConfigArgs(enabled=enabled)


def maintenance_window(asked: Maintenance | None) -> alicloud.cs.ManagedKubernetesMaintenanceWindowArgs | None:
    """None leaves it to ACK."""
    if asked is None:
        return None
    clock, offset = asked.start[:5], asked.start[5:]
    return alicloud.cs.ManagedKubernetesMaintenanceWindowArgs(
        enable=asked.enabled,
        maintenance_time=f"{_SOME_DAY}T{clock}:00.000{offset}",
        duration=f"{asked.hours}h",
        weekly_period=",".join(asked.days),
    )


def operation_policy(asked: Maintenance | None) -> alicloud.cs.ManagedKubernetesOperationPolicyArgs | None:
    """None leaves it to ACK. Said with a window even where there is no upgrade, else it could not be taken back."""
    if asked is None:
        return None
    return alicloud.cs.ManagedKubernetesOperationPolicyArgs(
        cluster_auto_upgrade=alicloud.cs.ManagedKubernetesOperationPolicyClusterAutoUpgradeArgs(
            enabled=upgrades_itself(asked), channel=asked.auto_upgrade or "patch"
        )
    )


def upgrades_itself(asked: Maintenance | None) -> bool:
    """Whether ACK decides about the version after the creation."""
    return asked is not None and asked.enabled and asked.auto_upgrade is not None
