"""A volume with models, of a kind that many pods on many nodes can mount at once."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi

Manifest = dict[str, Any]

_VOLUME = "model"
_NAS_DRIVER = "nasplugin.csi.alibabacloud.com"
_OSS_DRIVER = "ossplugin.csi.alibabacloud.com"
# The least by which NFS is mounted on Alibaba Cloud: without noresvport a lost connection never comes back.
_NFS_OPTIONS = ("nolock,tcp,noresvport", "vers=3")
# Files of a bucket have no owner: without it only root reads them.
_OSS_OPTIONS = "-o umask=022 -o allow_other"
_MANY_PODS = ("ReadWriteMany",)


@dataclass(frozen=True)
class Nas:
    """A directory of a NAS file system. server: its mount target, in the VPC of the cluster; path: from /."""

    server: str
    path: str = "/"


@dataclass(frozen=True)
class Oss:
    """A part of a bucket. url: its endpoint, the internal one in the bucket's own region; secret: a Secret of the
    service's namespace with akId and akSecret; role: a RAM role that the driver takes over RRSA. One of the two."""

    bucket: str
    url: str
    path: str = "/"
    secret: str | None = None
    role: str | None = None


@dataclass(frozen=True)
class Claim:
    """A PersistentVolumeClaim that is in the namespace already."""

    name: str


@dataclass(frozen=True)
class ModelVolume:
    """mount_path: in the container; size: a label only on NAS and OSS, which grow by themselves; read_only: pods cannot
    write, so that none of them spoils the model of all others."""

    mount_path: str
    source: Nas | Oss | Claim
    size: str = "100Gi"
    read_only: bool = True


def pod_volume(model: ModelVolume | None, claim: str) -> Mapping[str, Any]:
    """What the pod's spec says of it; empty without a model. claim: used unless the model names one itself."""
    if model is None:
        return {}
    name = model.source.name if isinstance(model.source, Claim) else claim
    source = {"claimName": name, **({"readOnly": True} if model.read_only else {})}
    return {"volumes": [{"name": _VOLUME, "persistentVolumeClaim": source}]}


def container_mount(model: ModelVolume | None) -> Mapping[str, Any]:
    """What the container's spec says of it; empty without a model."""
    if model is None:
        return {}
    mount = {"name": _VOLUME, "mountPath": model.mount_path, **({"readOnly": True} if model.read_only else {})}
    return {"volumeMounts": [mount]}


def persistent_volume(name: pulumi.Input[str], namespace: pulumi.Input[str], model: ModelVolume) -> Manifest:
    """The spec of a volume for data that is there already, and stays when the volume goes.

    name: of the volume, which the drivers want as its handle too.
    """
    nas = isinstance(model.source, Nas)
    return {
        "capacity": {"storage": model.size},
        "accessModes": list(_MANY_PODS),
        "persistentVolumeReclaimPolicy": "Retain",
        # Empty: no StorageClass of the cluster may feel responsible.
        "storageClassName": "",
        "csi": {"volumeHandle": name, **_csi(model.source, namespace)},
        **({"mountOptions": list(_NFS_OPTIONS)} if nas else {}),
    }


def persistent_volume_claim(volume: pulumi.Input[str], model: ModelVolume) -> Manifest:
    """The spec of the one claim for that volume."""
    return {
        "accessModes": list(_MANY_PODS),
        "storageClassName": "",
        "volumeName": volume,
        "resources": {"requests": {"storage": model.size}},
    }


def _csi(source: Nas | Oss | Claim, namespace: pulumi.Input[str]) -> Manifest:
    if isinstance(source, Nas):
        return {"driver": _NAS_DRIVER, "volumeAttributes": {"server": source.server, "path": source.path}}
    assert isinstance(source, Oss), "a claim that is there already needs no volume"
    secret = {"nodePublishSecretRef": {"name": source.secret, "namespace": namespace}} if source.secret else {}
    role = {"authType": "rrsa", "roleName": source.role} if source.role else {}
    return {
        "driver": _OSS_DRIVER,
        "volumeAttributes": {
            "bucket": source.bucket,
            "url": source.url,
            "path": source.path,
            "otherOpts": _OSS_OPTIONS,
            **role,
        },
        **secret,
    }
