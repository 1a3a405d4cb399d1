"""Alert rules of a cluster's Prometheus, and the pod monitors of an environment."""

import json
from collections.abc import Mapping
from typing import Any

import yaml

from lab.cloud.document import Document
from lab.cloud.errors import ApiError
from lab.cloud.store import Collection, Store

# What UpdatePrometheusAlertRule may change.
_CHANGEABLE = (
    "AlertName",
    "Annotations",
    "DispatchRuleId",
    "Duration",
    "Expression",
    "Labels",
    "Message",
    "NotifyType",
)


class AlertRule(Document):
    """labels, annotations: JSON text as it was given; nothing evaluates the expression."""

    shows_tags = False

    alert_id: int
    cluster_id: str
    alert_name: str
    expression: str
    duration: str
    message: str
    labels: str = "[]"
    annotations: str = "[]"
    notify_type: str = "ALERT_MANAGER"
    # The provider formats it as a number, also where there is none.
    dispatch_rule_id: int = 0
    type: str = "CUSTOM"
    status: int = 1

    def listed(self) -> dict[str, Any]:
        """As ListPrometheusAlertRules shows it."""
        return {**self.shown(), "Labels": _pairs(self.labels), "Annotations": _pairs(self.annotations)}


class PodMonitor(Document):
    shows_tags = False

    environment_id: str
    namespace: str
    pod_monitor_name: str
    config_yaml: str
    status: str = "run"

    @property
    def identity(self) -> str:
        return pod_monitor_identity(self.environment_id, self.namespace, self.pod_monitor_name)


class Rules:
    def __init__(self, store: Store) -> None:
        self._store = store
        self.alerts = Collection(store, "arms-alert-rule", AlertRule, "404")
        self.monitors = Collection(store, "arms-pod-monitor", PodMonitor, "404")

    def create_alert(self, parameters: Mapping[str, str]) -> AlertRule:
        with self._store.transaction():
            known = self.alerts.all()
            name, cluster = parameters.get("AlertName", ""), parameters.get("ClusterId", "")
            if any((one.cluster_id, one.alert_name) == (cluster, name) for one in known):
                raise ApiError("AlertNameExists", f"cluster {cluster} has an alert rule {name} already")
            number = 1 + max((one.alert_id for one in known), default=0)
            return self.alerts.put(str(number), AlertRule.of(parameters, alert_id=number))

    def change_alert(self, parameters: Mapping[str, str]) -> AlertRule:
        identity = parameters.get("AlertId", "")
        return self.alerts.put(identity, self.alerts.get(identity).changed(parameters, *_CHANGEABLE))

    def alerts_of(self, cluster_id: str) -> list[dict[str, Any]]:
        return [one.listed() for one in self.alerts.all() if one.cluster_id == cluster_id]

    def put_monitor(self, environment_id: str, config_yaml: str) -> PodMonitor:
        """Name and namespace are those in the YAML."""
        metadata = _metadata(config_yaml)
        monitor = PodMonitor(
            environment_id=environment_id,
            namespace=metadata.get("namespace", "default"),
            pod_monitor_name=metadata["name"],
            config_yaml=config_yaml,
        )
        return self.monitors.put(monitor.identity, monitor)

    def forget_environment(self, environment_id: str) -> None:
        for monitor in self.monitors.all():
            if monitor.environment_id == environment_id:
                self.monitors.remove(monitor.identity)


def pod_monitor_identity(environment_id: str, namespace: str, name: str) -> str:
    return f"{environment_id}/{namespace}/{name}"


def _pairs(text: str) -> list[dict[str, str]]:
    """The API takes the keys in lower case and shows them with capitals."""
    return [{"Name": pair["name"], "Value": pair["value"]} for pair in json.loads(text or "[]")]


def _metadata(config_yaml: str) -> dict[str, str]:
    try:
        metadata: dict[str, str] = yaml.safe_load(config_yaml)["metadata"]
    except (yaml.YAMLError, KeyError, TypeError) as error:
        raise ApiError("InvalidParameter.ConfigYaml", f"ConfigYaml is no PodMonitor: {error!r}") from error
    if "name" not in metadata:
        raise ApiError("InvalidParameter.ConfigYaml", "ConfigYaml is no PodMonitor: it has no metadata.name")
    return metadata
