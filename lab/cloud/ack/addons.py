"""Addons of a cluster: installed, upgraded and configured through the cluster's hands."""

import json
from collections.abc import Iterable, Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from lab.cloud.ack import virtual_nodes
from lab.cloud.errors import ApiError
from lab.cloud.store import Collection, Store
from lab.hands import Hands

# The lab has one version of each; upgrades are accepted and change the number.
VERSION = "v1.0.0"


class Addon(BaseModel):
    """config: JSON text exactly as it was given, "" without one."""

    cluster_id: str
    name: str
    version: str = VERSION
    config: str = ""
    state: Literal["installing", "active", "failed"] = "installing"


class AddonRequest(BaseModel):
    """What create, install and upgrade ask for; they spell name and version differently."""

    model_config = ConfigDict(extra="ignore")

    name: str = Field(validation_alias="name")
    version: str | None = None
    config: str | None = None
    disabled: bool = False

    @classmethod
    def of(cls, body: Mapping[str, Any]) -> "AddonRequest":
        name = body.get("name") or body.get("component_name")
        version = body.get("version") or body.get("next_version")
        return cls.model_validate({**body, "name": name, "version": version})


class Addons:
    def __init__(self, store: Store, hands: Hands, nodes: virtual_nodes.VirtualNodes) -> None:
        self._hands = hands
        self._virtual_nodes = nodes
        self._addons = Collection(store, "addon", Addon, "AddonNotFound")

    def get(self, cluster_id: str, name: str) -> Addon:
        return self._addons.get(_identity(cluster_id, name))

    def register(self, cluster_id: str, bodies: Iterable[Mapping[str, Any]]) -> list[str]:
        """Note what is asked for, installing; returns the names to apply. Raises ApiError for a bad config."""
        asked = [request for request in map(AddonRequest.of, bodies) if not request.disabled]
        for request in asked:
            _parsed(request.name, request.config or "")
        for request in asked:
            identity = _identity(cluster_id, request.name)
            known = self._addons.find(identity) or Addon(cluster_id=cluster_id, name=request.name)
            news: dict[str, object] = {"state": "installing"}
            if request.version:
                news["version"] = request.version
            if request.config is not None:
                news["config"] = request.config
            self._addons.put(identity, known.model_copy(update=news))
        return [request.name for request in asked]

    def apply(self, cluster_id: str, names: Iterable[str]) -> None:
        """One after the other; returns once all are active. Raises what the cluster raised."""
        for name in names:
            identity = _identity(cluster_id, name)
            addon = self._addons.get(identity)
            try:
                self._hands.install_addon(cluster_id, name, _parsed(name, addon.config))
                if name == virtual_nodes.ADDON:
                    self._virtual_nodes.bring(cluster_id)
            except Exception:
                self._addons.change(identity, state="failed")
                raise
            self._addons.change(identity, state="active")

    def recover(self, cluster_id: str) -> None:
        """After a restart: a virtual node that died meanwhile is replaced."""
        self._virtual_nodes.recover(cluster_id)

    def remove(self, cluster_id: str, name: str) -> None:
        """Record and virtual node; what else an addon brought stays in the lab's cluster until that goes."""
        if name == virtual_nodes.ADDON:
            self._virtual_nodes.remove(cluster_id)
        self._addons.remove(_identity(cluster_id, name))

    def forget(self, cluster_id: str) -> None:
        """Drop the records of a cluster that takes everything along."""
        self._virtual_nodes.forget(cluster_id)
        for name in self.names(cluster_id):
            self._addons.remove(_identity(cluster_id, name))

    def names(self, cluster_id: str) -> list[str]:
        return [addon.name for addon in self._addons.all() if addon.cluster_id == cluster_id]


def _identity(cluster_id: str, name: str) -> str:
    return f"{cluster_id}/{name}"


def _parsed(name: str, config: str) -> Mapping[str, Any]:
    try:
        parsed = json.loads(config or "{}")
    except ValueError as error:
        raise ApiError("InvalidAddonConfig", f"config of addon {name} is not JSON ({error}): {config!r}") from error
    if not isinstance(parsed, dict):
        raise ApiError("InvalidAddonConfig", f"config of addon {name} must be a JSON object, not {config!r}")
    return parsed
