"""The arguments of `kubernetes.Provider`, and what a change of them means."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .convert import has_unknown
from .kubeconfig import Endpoint, active_cluster, endpoint

_CLUSTER_KEYS = ("kubeconfig", "context", "cluster")


@dataclass(frozen=True)
class Config:
    """endpoint: None while the kubeconfig is not known yet, as before the first update of a new cluster.

    upsert: an object that is there already is taken over instead of refused. patch_force: as `pulumi.com/patchForce`
    on every object. delete_unreachable: objects of a cluster that does not answer count as gone. mutable: kinds whose
    content changes in place.
    """

    endpoint: Endpoint | None = None
    upsert: bool = False
    patch_force: bool = False
    delete_unreachable: bool = False
    mutable: frozenset[str] = frozenset()


def configure(args: Mapping[str, Any]) -> Config:
    """Raises ValueError for a kubeconfig that cannot be used."""
    mutable = {"ConfigMap": _switch(args, "enableConfigMapMutable"), "Secret": _switch(args, "enableSecretMutable")}
    return Config(
        endpoint=_endpoint(args),
        upsert=_switch(args, "upsertExistingObjects"),
        patch_force=_switch(args, "enablePatchForce"),
        delete_unreachable=_switch(args, "deleteUnreachable"),
        mutable=frozenset(kind for kind, on in mutable.items() if on),
    )


def replacing(olds: Mapping[str, Any], news: Mapping[str, Any]) -> list[str]:
    """The changed arguments that mean another cluster, so that every object has to be made again there.

    A kubeconfig may change without that (a new certificate, another user); `clusterIdentifier`, where it is given and
    the same, settles it.
    """
    if olds.get("clusterIdentifier") and news.get("clusterIdentifier"):
        return ["clusterIdentifier"] if olds["clusterIdentifier"] != news["clusterIdentifier"] else []
    if unknown := [key for key in _CLUSTER_KEYS if has_unknown(news.get(key))]:
        return unknown[:1]
    before, after = _cluster(olds), _cluster(news)
    if before is None or after is None or before == after:
        return []
    return [key for key in _CLUSTER_KEYS if olds.get(key) != news.get(key)]


def _endpoint(args: Mapping[str, Any]) -> Endpoint | None:
    kubeconfig = args.get("kubeconfig")
    if not kubeconfig or any(has_unknown(args.get(key)) for key in (*_CLUSTER_KEYS, "namespace")):
        return None
    return endpoint(kubeconfig, args.get("context") or "", args.get("cluster") or "", args.get("namespace") or "")


def _cluster(args: Mapping[str, Any]) -> Mapping[str, Any] | None:
    kubeconfig = args.get("kubeconfig")
    return active_cluster(kubeconfig, args.get("context") or "", args.get("cluster") or "") if kubeconfig else None


_VARIABLES = {
    "deleteUnreachable": "PULUMI_K8S_DELETE_UNREACHABLE",
    "enablePatchForce": "PULUMI_K8S_ENABLE_PATCH_FORCE",
    "upsertExistingObjects": "PULUMI_K8S_UPSERT_EXISTING_OBJECTS",
    "enableConfigMapMutable": "PULUMI_K8S_ENABLE_CONFIGMAP_MUTABLE",
    "enableSecretMutable": "PULUMI_K8S_ENABLE_SECRET_MUTABLE",
}


def _switch(args: Mapping[str, Any], name: str) -> bool:
    """The argument, else its environment variable. The engine hands booleans over as text."""
    value = args[name] if name in args else os.environ.get(_VARIABLES[name], "")
    return str(value).lower() == "true"
