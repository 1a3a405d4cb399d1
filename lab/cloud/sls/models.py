"""Log projects and log stores; a project's name is also the first label of its host."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, Field

from lab.cloud.errors import ApiError
from lab.cloud.naming import RESOURCE_GROUP, now
from lab.cloud.store import Collection, Store


class Project(BaseModel):
    name: str
    region: str
    description: str = ""
    resource_group_id: str = RESOURCE_GROUP
    tags: dict[str, str] = Field(default_factory=dict)
    created: str


class LogStore(BaseModel):
    """body: as the API's create request has it; a read gives it back."""

    name: str
    project: str
    body: dict[str, Any]
    metering_mode: str = "ChargeByFunction"

    @property
    def shards(self) -> int:
        return int(self.body.get("shardCount") or 2)


class LogService:
    def __init__(self, store: Store) -> None:
        self._store = store
        self.projects = Collection(store, "log-project", Project, "ProjectNotExist")
        self._stores = Collection(store, "log-store", LogStore, "LogStoreNotExist")

    def create_project(self, body: Mapping[str, Any], region: str) -> Project:
        with self._store.transaction():
            name = body["projectName"]
            if self.projects.find(name):
                raise ApiError("ProjectAlreadyExist", f"there is a log project {name!r} already")
            project = Project(name=name, region=region, description=body.get("description") or "", created=now())
            return self.projects.put(name, project)

    def delete_project(self, name: str) -> None:
        """With its log stores, as the real service does."""
        with self._store.transaction():
            self.projects.get(name)
            for store in self.stores_of(name):
                self._stores.remove(_identity(name, store.name))
            self.projects.remove(name)

    def create_store(self, project: str, body: Mapping[str, Any]) -> LogStore:
        with self._store.transaction():
            self.projects.get(project)
            name = body["logstoreName"]
            if self._stores.find(_identity(project, name)):
                raise ApiError("LogStoreAlreadyExist", f"project {project} has a log store {name!r} already")
            return self._stores.put(_identity(project, name), LogStore(name=name, project=project, body=dict(body)))

    def log_store(self, project: str, name: str) -> LogStore:
        self.projects.get(project)
        return self._stores.get(_identity(project, name))

    def change_store(self, project: str, name: str, body: Mapping[str, Any]) -> None:
        with self._store.transaction():
            known = self.log_store(project, name)
            self._stores.change(_identity(project, name), body={**known.body, **body})

    def set_metering_mode(self, project: str, name: str, mode: str) -> None:
        self._stores.change(_identity(project, name), metering_mode=mode)

    def delete_store(self, project: str, name: str) -> None:
        self.log_store(project, name)
        self._stores.remove(_identity(project, name))

    def stores_of(self, project: str) -> list[LogStore]:
        return [store for store in self._stores.all() if store.project == project]


def _identity(project: str, name: str) -> str:
    return f"{project}/{name}"
