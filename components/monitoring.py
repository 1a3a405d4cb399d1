"""Monitoring: managed Prometheus in the cluster, what it reads of Knative, and the alert rules."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi
import pulumi_alicloud as alicloud
import pulumi_kubernetes as kubernetes

from components.addon import addon
from components.manifests import knative_config, queue_metrics


@dataclass(frozen=True)
class AlertRuleArgs:
    """expression: PromQL; minutes: how long it must hold; severity: a label that a notification policy may go by."""

    expression: str
    minutes: int
    severity: str
    message: str


@dataclass(frozen=True)
class MonitoringArgs:
    """What Monitoring needs.

    environment_name: of the ARMS environment that the cluster is bound to; None: none is made.
    queue_metrics: read queue-proxy's metrics: requests, times, queues. Needs the environment; Knative must be there.
    alerts: by name.
    dispatch_rule_id: of the notification policy that alerts go to; None: ARMS's own alert management.
    after: nodes for the agent, and Knative with queue_metrics.
    """

    cluster_id: pulumi.Input[str]
    provider: kubernetes.Provider
    environment_name: str | None = None
    queue_metrics: bool = True
    alerts: Mapping[str, AlertRuleArgs] = field(default_factory=dict)
    dispatch_rule_id: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    after: Sequence[pulumi.Resource] = ()


class Monitoring(pulumi.ComponentResource):
    """Owns the environment and the rules. A destroy leaves the agent to the cluster's own end.

    The dashboard is a file for Grafana: the provider has no resource for one.
    """

    environment_id: pulumi.Output[str] | None
    alert_rule_ids: Mapping[str, pulumi.Output[str]]
    """By name; <cluster>:<number>."""
    ready: Sequence[pulumi.Resource]
    """What a service must wait for, so that the pods of its first revision show their metrics."""

    def __init__(self, name: str, args: MonitoringArgs, opts: pulumi.ResourceOptions | None = None):
        super().__init__("ack-stable-diffusion:components:Monitoring", name, None, opts)
        agent = addon(
            f"{name}-agent",
            args.cluster_id,
            "arms-prometheus",
            config={"prometheusMode": "default"},
            after=args.after,
            parent=self,
        )
        after_agent = pulumi.ResourceOptions(parent=self, depends_on=[agent])

        environment = _environment(name, args, after_agent) if args.environment_name else None
        self.environment_id = environment.id if environment else None
        self.ready = _queue_metrics(name, args, environment, self) if environment and args.queue_metrics else []
        self.alert_rule_ids = {
            rule: _alert_rule(f"{name}-{rule}", rule, alert, args, after_agent).id
            for rule, alert in args.alerts.items()
        }
        self.register_outputs({"environment_id": self.environment_id, "alert_rule_ids": self.alert_rule_ids})


def _environment(name: str, args: MonitoringArgs, opts: pulumi.ResourceOptions) -> alicloud.arms.Environment:
    return alicloud.arms.Environment(
        f"{name}-environment",
        environment_name=args.environment_name,
        environment_type="CS",
        environment_sub_type="ManagedKubernetes",
        bind_resource_id=args.cluster_id,
        tags=args.tags,
        opts=opts,
    )


def _queue_metrics(
    name: str, args: MonitoringArgs, environment: alicloud.arms.Environment, parent: pulumi.Resource
) -> Sequence[pulumi.Resource]:
    alicloud.arms.EnvPodMonitor(
        f"{name}-queue-proxy",
        environment_id=environment.id,
        config_yaml=queue_metrics.pod_monitor_yaml("knative-queue-proxy", knative_config.NAMESPACE),
        opts=pulumi.ResourceOptions(parent=parent),
    )
    exposed = kubernetes.core.v1.ConfigMapPatch(
        f"{name}-observability",
        metadata={
            "name": queue_metrics.OBSERVABILITY,
            "namespace": knative_config.NAMESPACE,
            "annotations": {"pulumi.com/patchForce": "true"},
        },
        data=queue_metrics.EXPOSED,
        opts=pulumi.ResourceOptions(parent=parent, provider=args.provider, depends_on=list(args.after)),
    )
    return [exposed]


def _alert_rule(
    resource_name: str, rule: str, alert: AlertRuleArgs, args: MonitoringArgs, opts: pulumi.ResourceOptions
) -> alicloud.arms.PrometheusAlertRule:
    return alicloud.arms.PrometheusAlertRule(
        resource_name,
        cluster_id=args.cluster_id,
        prometheus_alert_rule_name=rule,
        expression=alert.expression,
        # Minutes as text.
        duration=str(alert.minutes),
        message=alert.message,
        labels=[alicloud.arms.PrometheusAlertRuleLabelArgs(name="severity", value=alert.severity)],
        notify_type="DISPATCH_RULE" if args.dispatch_rule_id else "ALERT_MANAGER",
        dispatch_rule_id=args.dispatch_rule_id,
        # Most changes replace a rule, and its name must be free again by then.
        opts=pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(delete_before_replace=True)),
    )
