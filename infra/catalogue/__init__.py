"""What Alibaba Cloud offers, as far as the settings are checked against it: data files with their source and date."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter
from pydantic.alias_generators import to_camel


class GpuType(BaseModel):
    """One GPU instance type."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, alias_generator=to_camel, use_attribute_docstrings=True, strict=True
    )

    vcpus: int
    """Virtual CPUs of the instance."""
    memory: int
    """Memory of the instance, GiB."""
    gpus: int
    """GPUs of the instance."""
    gpu: str
    """The GPU's model."""
    gpu_memory: int
    """Memory of one GPU, GiB."""
    enis: int
    """Network interfaces that the instance can have."""
    ips_per_eni: int
    """Private addresses of one interface."""
    disks: tuple[str, ...]
    """Categories that its system disk may have."""
    on_sale: bool = True
    """False: the type can no longer be ordered by a new customer."""

    @property
    def terway_pods(self) -> int:
        """Pods that get an address on Terway's shared interfaces; the first interface is the node's own."""
        return (self.enis - 1) * self.ips_per_eni


@dataclass(frozen=True)
class Catalogue:
    """regions: id → zone ids; versions: short → full."""

    regions: Mapping[str, tuple[str, ...]]
    gpu_types: Mapping[str, GpuType]
    versions: Mapping[str, str]

    def with_more(self, regions: Mapping[str, tuple[str, ...]], gpu_types: Mapping[str, GpuType]) -> "Catalogue":
        """What a stack file adds: zones join those of the region, a GPU type replaces the one of that name."""
        merged = {
            region: tuple(dict.fromkeys(self.regions.get(region, ()) + zones)) for region, zones in regions.items()
        }
        return Catalogue({**self.regions, **merged}, {**self.gpu_types, **gpu_types}, self.versions)


@cache
def shipped() -> Catalogue:
    """The data files of this folder."""
    # YAML has lists where the model has tuples.
    gpu_types = TypeAdapter(dict[str, GpuType]).validate_python(_read("gpu_types.yaml"), strict=False)
    return Catalogue(
        regions=TypeAdapter(dict[str, tuple[str, ...]]).validate_python(_read("regions.yaml")),
        gpu_types=gpu_types,
        versions=TypeAdapter(dict[str, str]).validate_python(_read("kubernetes.yaml")),
    )


def _read(name: str) -> Any:
    return yaml.safe_load(files(__package__).joinpath(name).read_text(encoding="utf-8"))
