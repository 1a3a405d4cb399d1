"""Which GPUs an ECS instance type has."""

import re
from functools import cache
from pathlib import Path

import yaml
from pydantic import BaseModel

CATALOGUE = Path(__file__).with_name("gpus.yaml")

# ecs.gn6i-c24g1.12xlarge: 24 vCPUs for each GPU, 12 × 4 vCPUs in all; large is 2 vCPUs.
NAME = re.compile(r"ecs\.(?P<family>v?gn\w+)-c(?P<vcpus_per_gpu>\d+)(?:g1|m\d+)\.(?:(?P<xlarges>\d*)x)?large")
VCPUS_PER_XLARGE = 4
VCPUS_OF_LARGE = 2


class Gpus(BaseModel):
    """name: as the node label nvidia_name spells it."""

    name: str
    number: int


class Catalogue(BaseModel):
    families: dict[str, str]
    counts: dict[str, int]


def gpus_of(instance_type: str) -> Gpus | None:
    """None for a type without GPUs."""
    parts = NAME.fullmatch(instance_type)
    if parts is None:
        return None
    catalogue = _catalogue()
    xlarges = parts["xlarges"]
    vcpus = VCPUS_OF_LARGE if xlarges is None else int(xlarges or 1) * VCPUS_PER_XLARGE
    by_name = max(1, round(vcpus / int(parts["vcpus_per_gpu"])))
    return Gpus(
        name=catalogue.families.get(parts["family"], "NVIDIA-GPU"),
        number=catalogue.counts.get(instance_type, by_name),
    )


@cache
def _catalogue() -> Catalogue:
    return Catalogue.model_validate(yaml.safe_load(CATALOGUE.read_text()))
