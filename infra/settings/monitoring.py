"""Settings of monitoring."""

from typing import Annotated

from infra.settings.section import Section
from infra.settings.texts import Name, allowed, matching


class Alerts(Section):
    """The alert rules of monitoring/alerts.yaml."""

    enabled: bool = True
    """Whether there are any."""
    off: tuple[Name, ...] = ()
    """Names of rules to leave out; gpu-nodes-idle for a stack whose pools never go to zero."""
    dispatch_rule_id: Annotated[str, matching(r"\d+"), allowed("digits in quotes", "10282")] | None = None
    """Notification policy of ARMS that alerts go to; left out: ARMS's alert management, which notifies nobody until
    it is told whom."""


class Monitoring(Section):
    """Managed Prometheus."""

    prometheus: bool = False
    """Installs the addon arms-prometheus, and all below. Custom metrics, of which queueMetrics are some, are billed."""
    environment: bool = True
    """Whether to make an ARMS environment for the cluster. Whether ARMS takes one beside its addon's own is not
    verified; switch it off where it says that there is one."""
    queue_metrics: bool = True
    """Whether to read requests, times and queues from Knative's sidecars every 15 seconds, as dashboard and alert rules
    need them; needs the environment. ACK's console offers the same under Knative, Monitoring Dashboards: take one of
    the two. That ACK's Knative takes the switch in config-observability is not verified."""
    alerts: Alerts = Alerts()
    """The alert rules of monitoring/alerts.yaml."""
