"""The ACK cluster."""

from collections.abc import Mapping

from components.ack_cluster import AckClusterArgs, FlannelPods, SystemPoolArgs, TerwayPods
from components.control_plane import ControlPlaneLogs, Maintenance, SecretEncryption
from components.network import Network
from infra.load import Loaded
from infra.settings import cluster as settings_of


def cluster_args(loaded: Loaded, prefix: str, tags: Mapping[str, str], network: Network) -> AckClusterArgs:
    """The cluster in that network; the way out must be there before its nodes."""
    settings, cluster = loaded.settings, loaded.settings.cluster
    system = cluster.system_pool
    flannel = cluster.pod_network == "flannel"
    return AckClusterArgs(
        cluster_name=prefix,
        version=loaded.catalogue.full_version(cluster.version),
        vpc_id=network.vpc_id,
        vswitch_ids=network.vswitch_ids,
        pods=FlannelPods(cluster.pod_cidr) if flannel else TerwayPods(network.pod_vswitch_ids),
        service_cidr=cluster.service_cidr,
        system_pool=SystemPoolArgs(
            instance_types=system.instance_types,
            size=system.size,
            image_type=cluster.image_type,
            disk_category=system.disk_category,
            disk_gib=system.disk_gib,
        ),
        spec=cluster.spec,
        public_api=cluster.api_server.public,
        protect=settings.protected,
        logs=_logs(cluster.logs),
        audit_log=cluster.logs.audit,
        maintenance=_maintenance(cluster.maintenance),
        rrsa=cluster.rrsa,
        secret_encryption=_secret_encryption(cluster.secret_encryption),
        tags=tags,
        after=network.egress,
    )


def _logs(logs: settings_of.Logs) -> ControlPlaneLogs | None:
    return ControlPlaneLogs(logs.control_plane, logs.retention_days) if logs.control_plane else None


def _maintenance(asked: settings_of.Maintenance | None) -> Maintenance | None:
    if asked is None:
        return None
    return Maintenance(asked.start, asked.hours, asked.days, asked.auto_upgrade, asked.enabled)


def _secret_encryption(asked: settings_of.SecretEncryption | None) -> SecretEncryption | None:
    return SecretEncryption(asked.kms_key_id, asked.enabled) if asked else None
