from dataclasses import replace
from typing import Any

import pytest

from components.manifests.knative_service import KnativeServiceSpec, knative_service
from components.manifests.model_volume import (
    Claim,
    ModelVolume,
    Nas,
    Oss,
    persistent_volume,
    persistent_volume_claim,
)

NAS = ModelVolume("/models", Nas("abc.cn-shanghai.nas.aliyuncs.com", "/sd"))
OSS = ModelVolume("/models", Oss("sd-models", "oss-cn-shanghai-internal.aliyuncs.com", "/v1", secret="oss-key"))


def pod(model: ModelVolume | None) -> Any:
    spec = KnativeServiceSpec("ui", "studio", "dev.local/sd:1", model=model)
    return knative_service(spec)["spec"]["template"]["spec"]


def test_a_nas_directory_is_mounted_over_nfs() -> None:
    volume = persistent_volume("studio-ui-model", "studio", NAS)

    assert volume["csi"] == {
        "driver": "nasplugin.csi.alibabacloud.com",
        "volumeHandle": "studio-ui-model",
        "volumeAttributes": {"server": "abc.cn-shanghai.nas.aliyuncs.com", "path": "/sd"},
    }
    assert volume["mountOptions"] == ["nolock,tcp,noresvport", "vers=3"]


@pytest.mark.parametrize(
    ("oss", "attributes", "secret"),
    [
        (OSS.source, {}, {"name": "oss-key", "namespace": "studio"}),
        (Oss("sd-models", "oss-x.com", role="reader"), {"authType": "rrsa", "roleName": "reader"}, None),
    ],
    ids=["secret", "role"],
)
def test_a_bucket_is_opened_with_a_secret_or_a_role(oss: Oss, attributes: dict[str, str], secret: Any) -> None:
    csi = persistent_volume("v", "studio", replace(OSS, source=oss))["csi"]

    assert csi["driver"] == "ossplugin.csi.alibabacloud.com"
    assert csi.get("nodePublishSecretRef") == secret
    assert {key: csi["volumeAttributes"].get(key) for key in ("authType", "roleName")} == {
        "authType": attributes.get("authType"),
        "roleName": attributes.get("roleName"),
    }


@pytest.mark.parametrize("model", [NAS, OSS])
def test_the_data_outlives_the_stack(model: ModelVolume) -> None:
    assert persistent_volume("v", "studio", model)["persistentVolumeReclaimPolicy"] == "Retain"


@pytest.mark.parametrize("model", [NAS, OSS])
def test_volume_and_claim_find_each_other_and_nobody_else(model: ModelVolume) -> None:
    volume, claim = persistent_volume("v", "studio", model), persistent_volume_claim("v", model)

    assert claim["volumeName"] == "v"
    assert volume["storageClassName"] == claim["storageClassName"] == "", "left out, the default class makes another"
    assert volume["accessModes"] == claim["accessModes"] == ["ReadWriteMany"]
    assert volume["capacity"]["storage"] == claim["resources"]["requests"]["storage"]


@pytest.mark.parametrize(
    ("model", "claim"), [(NAS, "ui-model"), (replace(NAS, source=Claim("models")), "models")], ids=["made", "there"]
)
@pytest.mark.parametrize("read_only", [True, False])
def test_the_container_sees_the_claims_data(model: ModelVolume, claim: str, read_only: bool) -> None:
    only = {"readOnly": True} if read_only else {}

    spec = pod(replace(model, read_only=read_only))

    assert spec["volumes"] == [{"name": "model", "persistentVolumeClaim": {"claimName": claim, **only}}]
    assert spec["containers"][0]["volumeMounts"] == [{"name": "model", "mountPath": "/models", **only}]


def test_without_a_model_there_is_no_volume() -> None:
    spec = pod(None)

    assert "volumes" not in spec
    assert "volumeMounts" not in spec["containers"][0]
