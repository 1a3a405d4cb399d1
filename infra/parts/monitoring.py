"""Monitoring."""

from collections.abc import Mapping

from components.ack_cluster import AckCluster
from components.knative import Knative
from components.monitoring import AlertRuleArgs, MonitoringArgs
from infra.alerts import shipped_alerts
from infra.load import Loaded


def monitoring_args(
    loaded: Loaded, prefix: str, tags: Mapping[str, str], cluster: AckCluster, knative: Knative
) -> MonitoringArgs:
    """Managed Prometheus after Knative, whose settings it adds one to."""
    monitoring = loaded.settings.monitoring
    return MonitoringArgs(
        cluster_id=cluster.cluster_id,
        provider=cluster.provider,
        environment_name=prefix if monitoring.environment else None,
        queue_metrics=monitoring.queue_metrics,
        alerts=_alerts(loaded),
        dispatch_rule_id=monitoring.alerts.dispatch_rule_id,
        tags=tags,
        after=[*cluster.workers, *knative.ready],
    )


def _alerts(loaded: Loaded) -> dict[str, AlertRuleArgs]:
    alerts = loaded.settings.monitoring.alerts
    if not alerts.enabled:
        return {}
    return {
        name: AlertRuleArgs(rule.expression, rule.minutes, rule.severity, rule.message)
        for name, rule in shipped_alerts().items()
        if name not in alerts.off
    }
