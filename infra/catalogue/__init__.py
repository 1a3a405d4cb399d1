"""What Alibaba Cloud offers, as far as the settings are checked against it: data files with their source and date."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any, Literal, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter
from pydantic.alias_generators import to_camel

Entry = TypeVar("Entry")


class _Record(BaseModel):
    model_config = ConfigDict(
        extra="forbid", frozen=True, alias_generator=to_camel, use_attribute_docstrings=True, strict=True
    )


class Source(_Record):
    """Where an entry of the catalogue was read."""

    text: str
    """The page, and whose it is."""
    date: str
    """Of the page, or of the day on which it was read."""
    confidence: Literal["verified", "copy", "guess"]
    """verified: on a page of the vendor. copy: on an old or a third party's copy of one. guess: in part from memory; a
    preview warns of it."""


class GpuType(_Record):
    """One GPU instance type."""

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
    source: Source | None = None
    """Where these figures were read; left out: whoever wrote them vouches for them."""

    @property
    def terway_pods(self) -> int:
        """Pods that get an address on Terway's shared interfaces; the first interface is the node's own."""
        return (self.enis - 1) * self.ips_per_eni


class Region(_Record):
    """One region."""

    zones: tuple[str, ...]
    """Zone ids, first those that the vendor recommends for their capacity."""
    city: str = ""
    """As stacks are named after it; empty where nobody gave one."""
    source: Source | None = None
    """Where the zones were read."""


class Version(_Record):
    """One Kubernetes version."""

    full: str
    """As ACK is asked for it."""
    source: Source | None = None
    """Where it was read."""


@dataclass(frozen=True)
class Catalogue:
    """regions: by id; gpu_types: by name; versions: by their short form."""

    regions: Mapping[str, Region]
    gpu_types: Mapping[str, GpuType]
    versions: Mapping[str, Version]

    def full_version(self, version: str) -> str:
        """What a short version stands for; any other is taken as it is."""
        return self.versions[version].full if version in self.versions else version

    def with_more(self, regions: Mapping[str, tuple[str, ...]], gpu_types: Mapping[str, GpuType]) -> "Catalogue":
        """What a stack file adds: zones join those of the region, a GPU type replaces the one of that name."""
        merged = {id_: _with_zones(self.regions.get(id_, Region(zones=())), zones) for id_, zones in regions.items()}
        return replace(self, regions={**self.regions, **merged}, gpu_types={**self.gpu_types, **gpu_types})


def is_guess(entry: Region | GpuType | Version) -> bool:
    """Whether some of it was never read anywhere."""
    return entry.source is not None and entry.source.confidence == "guess"


@cache
def shipped() -> Catalogue:
    """The data files of this folder."""
    return Catalogue(
        regions=_read("regions.yaml", Region),
        gpu_types=_read("gpu_types.yaml", GpuType),
        versions=_read("kubernetes.yaml", Version),
    )


def _with_zones(region: Region, zones: tuple[str, ...]) -> Region:
    return region.model_copy(update={"zones": tuple(dict.fromkeys(region.zones + zones))})


def _read(name: str, kind: type[Entry]) -> dict[str, Entry]:
    """A file names its sources once, under `sources`, and each of its `entries` names one of them."""
    text = files(__package__).joinpath(name).read_text(encoding="utf-8")
    content: Mapping[str, Mapping[str, Any]] = yaml.safe_load(text)
    entries = {
        key: {**entry, "source": content["sources"][entry["source"]]} for key, entry in content["entries"].items()
    }
    # YAML has lists where the models have tuples.
    return TypeAdapter(dict[str, kind]).validate_python(entries, strict=False)  # type: ignore[valid-type]
