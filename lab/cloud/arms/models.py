"""Managed Prometheus instances, environments and the addon releases in them."""

from collections.abc import Mapping

from pydantic import Field

from lab.cloud.arms.rules import Rules
from lab.cloud.document import Document
from lab.cloud.naming import RESOURCE_GROUP, new_id, now
from lab.cloud.store import Collection, Store


class Prometheus(Document):
    """Of type aliyun-cs it goes by the id of its cluster."""

    cluster_id: str
    cluster_type: str
    cluster_name: str = ""
    vpc_id: str = ""
    v_switch_id: str = Field("", alias="VSwitchId")
    security_group_id: str = ""
    grafana_instance_id: str = ""
    sub_clusters_json: str = ""
    resource_group_id: str = RESOURCE_GROUP


class Environment(Document):
    environment_id: str
    environment_name: str = ""
    environment_type: str
    environment_sub_type: str
    bind_resource_id: str = ""
    managed_type: str = "none"
    resource_group_id: str = RESOURCE_GROUP


class Release(Document):
    shows_tags = False

    release_name: str
    environment_id: str
    addon_name: str
    version: str = Field(alias="AddonVersion")
    language: str = "en"
    values: str = "{}"
    create_time: str


class Monitoring:
    def __init__(self, store: Store) -> None:
        self._store = store
        self.instances = Collection(store, "prometheus", Prometheus, "404")
        self.environments = Collection(store, "arms-environment", Environment, "404")
        self.releases = Collection(store, "arms-addon-release", Release, "404")
        self.rules = Rules(store)

    def create_instance(self, parameters: Mapping[str, str]) -> Prometheus:
        identity = parameters.get("ClusterId") or new_id("")
        return self.instances.put(identity, Prometheus.of(parameters, cluster_id=identity))

    def create_environment(self, parameters: Mapping[str, str]) -> Environment:
        identity = new_id("env-")
        return self.environments.put(identity, Environment.of(parameters, environment_id=identity))

    def delete_environment(self, identity: str) -> None:
        """With the releases and pod monitors in it."""
        with self._store.transaction():
            for release in self.releases.all():
                if release.environment_id == identity:
                    self.delete_release(identity, release.release_name)
            self.rules.forget_environment(identity)
            self.environments.remove(identity)

    def install(self, parameters: Mapping[str, str]) -> Release:
        with self._store.transaction():
            self.environments.get(parameters.get("EnvironmentId", ""))
            addon = parameters.get("Name", "")
            name = parameters.get("ReleaseName") or addon
            release = Release.of(parameters, release_name=name, addon_name=addon, create_time=now())
            return self.releases.put(self.release_identity(release.environment_id, name), release)

    def delete_release(self, environment: str, name: str) -> None:
        self.releases.remove(self.release_identity(environment, name))

    @staticmethod
    def release_identity(environment: str, name: str) -> str:
        return f"{environment}/{name}"
