"""ARMS 2019-08-08: actions on Prometheus instances, environments, addon releases, alert rules and pod monitors."""

from collections.abc import Mapping
from typing import Any

from lab.cloud.actions import Tagged
from lab.cloud.arms.models import Monitoring, Release
from lab.cloud.arms.rules import Rules, pod_monitor_identity
from lab.cloud.document import Document
from lab.cloud.rpc import Handler, RpcProduct, RpcRequest
from lab.cloud.tags import tag_actions

DONE: Mapping[str, Any] = {"Code": 200, "Data": "success", "Message": "success"}
# The provider looks for the code in an answer of status 200, for what is in an environment and for environments.
GONE: Mapping[str, Any] = {"Code": 404, "Message": "not found"}


def arms_product(monitoring: Monitoring) -> RpcProduct:
    tags = tag_actions(Tagged([monitoring.instances, monitoring.environments]))

    def list_tags(request: RpcRequest) -> Mapping[str, Any]:
        """A bare list, unlike every other product: anything else makes the provider panic."""
        return {"TagResources": tags["ListTagResources"](request)["TagResources"]["TagResource"]}

    actions = {**_instances(monitoring), **_environments(monitoring), **_releases(monitoring)}
    actions |= {**_alert_rules(monitoring.rules), **_pod_monitors(monitoring), **tags}
    return RpcProduct("arms", {**actions, "ListTagResources": list_tags})


def _instances(monitoring: Monitoring) -> dict[str, Handler]:
    def create(request: RpcRequest) -> Mapping[str, Any]:
        instance = monitoring.create_instance(request.parameters)
        monitoring.instances.change(instance.cluster_id, resource_tags=request.tags())
        return {**DONE, "Data": instance.cluster_id}

    def uninstall(request: RpcRequest) -> Mapping[str, Any]:
        monitoring.instances.remove(request.need("ClusterId"))
        return DONE

    return {
        "CreatePrometheusInstance": create,
        "GetPrometheusInstance": lambda request: {
            **DONE,
            "Data": _with_plain_tags(monitoring.instances.get(request.need("ClusterId"))),
        },
        "UninstallPromCluster": uninstall,
    }


def _environments(monitoring: Monitoring) -> dict[str, Handler]:
    def create(request: RpcRequest) -> Mapping[str, Any]:
        environment = monitoring.create_environment(request.parameters)
        tags = request.tags() or {
            request.get(f"Tags.{n}.Key"): request.get(f"Tags.{n}.Value")
            for n in range(1, 21)
            if f"Tags.{n}.Key" in request.parameters
        }
        monitoring.environments.change(environment.environment_id, resource_tags=tags)
        return {**DONE, "Data": environment.environment_id}

    def describe(request: RpcRequest) -> Mapping[str, Any]:
        environment = monitoring.environments.find(request.need("EnvironmentId"))
        return {**DONE, "Data": _with_plain_tags(environment)} if environment else GONE

    def update(request: RpcRequest) -> Mapping[str, Any]:
        identity = request.need("EnvironmentId")
        changed = monitoring.environments.get(identity).changed(request.parameters, "EnvironmentName")
        monitoring.environments.put(identity, changed)
        return DONE

    def remove(request: RpcRequest) -> Mapping[str, Any]:
        monitoring.delete_environment(request.need("EnvironmentId"))
        return DONE

    def list_all(request: RpcRequest) -> Mapping[str, Any]:
        wanted = request.get("EnvironmentType"), request.get("BindResourceId")
        rows = [
            {name: value for name, value in _with_plain_tags(one).items() if name != "EnvironmentSubType"}
            for one in monitoring.environments.all()
            if wanted[0] in ("", one.environment_type) and wanted[1] in ("", one.bind_resource_id)
        ]
        return {**DONE, "Data": {"Environments": rows, "Total": len(rows)}}

    return {
        "CreateEnvironment": create,
        "ListEnvironments": list_all,
        "InitEnvironment": lambda _: DONE,
        "DescribeEnvironment": describe,
        "UpdateEnvironment": update,
        "DeleteEnvironment": remove,
    }


def _releases(monitoring: Monitoring) -> dict[str, Handler]:
    def identity(request: RpcRequest) -> str:
        return monitoring.release_identity(request.need("EnvironmentId"), request.need("ReleaseName"))

    def install(request: RpcRequest) -> Mapping[str, Any]:
        release = monitoring.install(request.parameters)
        return {**DONE, "Data": {"EnvironmentId": release.environment_id, "ReleaseName": release.release_name}}

    def describe(request: RpcRequest) -> Mapping[str, Any]:
        release = monitoring.releases.find(identity(request))
        # The code as text, unlike everywhere else.
        return {**DONE, "Code": "200", "Data": _release(release)} if release else GONE

    def upgrade(request: RpcRequest) -> Mapping[str, Any]:
        changed = monitoring.releases.get(identity(request)).changed(request.parameters, "AddonVersion", "Values")
        monitoring.releases.put(identity(request), changed)
        return DONE

    def remove(request: RpcRequest) -> Mapping[str, Any]:
        monitoring.delete_release(request.need("EnvironmentId"), request.need("ReleaseName"))
        return DONE

    return {
        "InstallAddon": install,
        "DescribeAddonRelease": describe,
        "UpgradeAddonRelease": upgrade,
        "DeleteAddonRelease": remove,
    }


def _alert_rules(rules: Rules) -> dict[str, Handler]:
    def remove(request: RpcRequest) -> Mapping[str, Any]:
        rules.alerts.remove(request.need("AlertId"))
        return DONE

    return {
        "CreatePrometheusAlertRule": lambda request: {
            **DONE,
            "PrometheusAlertRule": rules.create_alert(request.parameters).listed(),
        },
        "ListPrometheusAlertRules": lambda request: {
            **DONE,
            "PrometheusAlertRules": rules.alerts_of(request.need("ClusterId")),
        },
        "UpdatePrometheusAlertRule": lambda request: {
            **DONE,
            "PrometheusAlertRule": rules.change_alert(request.parameters).listed(),
        },
        "DeletePrometheusAlertRule": remove,
    }


def _pod_monitors(monitoring: Monitoring) -> dict[str, Handler]:
    monitors = monitoring.rules.monitors

    def identity(request: RpcRequest) -> str:
        return pod_monitor_identity(*(request.need(key) for key in ("EnvironmentId", "Namespace", "PodMonitorName")))

    def create(request: RpcRequest) -> Mapping[str, Any]:
        environment = monitoring.environments.get(request.need("EnvironmentId"))
        made = monitoring.rules.put_monitor(environment.environment_id, request.need("ConfigYaml"))
        return {**DONE, "Data": {"Namespace": made.namespace, "PodMonitorName": made.pod_monitor_name}}

    def describe(request: RpcRequest) -> Mapping[str, Any]:
        monitor = monitors.find(identity(request))
        return {**DONE, "Data": monitor.shown()} if monitor else GONE

    def update(request: RpcRequest) -> Mapping[str, Any]:
        monitors.get(identity(request))
        monitoring.rules.put_monitor(request.need("EnvironmentId"), request.need("ConfigYaml"))
        return {**DONE, "Data": {"MatchedMsg": "", "MatchedTargetCount": "0"}}

    def remove(request: RpcRequest) -> Mapping[str, Any]:
        monitors.remove(identity(request))
        return DONE

    def list_all(request: RpcRequest) -> Mapping[str, Any]:
        environment = monitoring.environments.get(request.need("EnvironmentId"))
        mine = [one for one in monitors.all() if one.environment_id == environment.environment_id]
        return {**DONE, "Data": [one.shown() for one in mine]}

    return {
        "CreateEnvPodMonitor": create,
        "ListEnvPodMonitors": list_all,
        "DescribeEnvPodMonitor": describe,
        "UpdateEnvPodMonitor": update,
        "DeleteEnvPodMonitor": remove,
    }


def _with_plain_tags(document: Document) -> dict[str, Any]:
    shown = document.shown()
    return {**shown, "Tags": shown["Tags"]["Tag"]}


def _release(release: Release) -> dict[str, Any]:
    shown = release.shown()
    version, config = shown.pop("AddonVersion"), shown.pop("Values")
    return {"Release": {**shown, "Version": version}, "Config": config}
