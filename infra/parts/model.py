"""The volume with a service's models."""

from components.manifests.model_volume import Claim, ModelVolume, Nas, Oss
from infra.settings.model import Model


def model_volume(model: Model | None, region: str) -> ModelVolume | None:
    """None: the models are in the image."""
    if model is None:
        return None
    return ModelVolume(model.mount_path, _source(model, region), model.size, model.read_only)


def _source(model: Model, region: str) -> Nas | Oss | Claim:
    if model.nas:
        return Nas(model.nas.server, model.nas.path)
    if model.oss:
        oss = model.oss
        return Oss(oss.bucket, oss.url.replace("{region}", region), oss.path, oss.secret, oss.role)
    assert model.claim, "a check refuses a model without a source"
    return Claim(model.claim)
