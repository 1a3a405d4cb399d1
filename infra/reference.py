"""docs/configuration.md, from the settings' schema and the catalogue: `python -m infra.reference` writes it."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from infra.catalogue import Catalogue, GpuType, Region, Version, shipped
from infra.settings.schema import Schema, allowed_at, resolved, schema_at

REFERENCE = Path(__file__).resolve().parents[1] / "docs" / "configuration.md"

_OPENING = """\
# Configuration

Made by `make docs` from `infra/settings/` and `infra/catalogue/`; a test fails where it is not current.

Every key stands in `Pulumi.<stack>.yaml` under `config:`, the first with the project before it: `network.cidr` is
the key `cidr` below `ack-stable-diffusion:network`; `pulumi config set --path network.cidr 10.32.0.0/16` writes it.
`<name>` is a name of your choice, – stands for nothing. The region is the provider's own key, `alicloud:region`.
"""
_NAME = "<name>"

Place = tuple[str | int, ...]
"""Keys from the top of the tree; _NAME for a name of one's choice, 0 for any entry of a list."""


def reference(catalogue: Catalogue) -> str:
    """The whole document."""
    parts = [_OPENING, *_sections((), schema_at(())), "# What the catalogue knows\n", *_catalogue(catalogue)]
    return "\n".join(parts)


def _sections(path: Place, schema: Schema) -> Iterator[str]:
    """One table for the map at that path, then the maps below it, in the order of the model."""
    depth = sum(1 for part in path if part not in (_NAME, 0))
    heading = f"{'#' * max(2, depth + 1)} {_dotted(path) or 'Top level'}"
    about = f"\n{_cell(schema['description'])}\n" if path and path[-1] in (_NAME, 0) else ""
    rows = [_row(path, key, value, schema.get("required", ())) for key, value in schema["properties"].items()]
    yield f"{heading}\n{about}\n{_table(('key', 'allowed', 'default', 'about'), rows)}"
    for key in schema["properties"]:
        for below, inner in _maps((*path, key)):
            yield from _sections(below, inner)


def _maps(path: Place) -> Iterator[tuple[Place, Schema]]:
    """What has keys of its own at that path: a section, or the entries of a map or list of them."""
    schema = schema_at(path)
    if "properties" in schema:
        yield path, schema
        return
    entry = (*path, 0 if schema.get("type") == "array" else _NAME)
    if "properties" in schema_at(entry):
        yield entry, schema_at(entry)


def _row(path: Place, key: str, value: Schema, required: Sequence[str]) -> Sequence[str]:
    place = (*path, key)
    default = "**required**" if key in required else _default(value)
    return f"`{key}`", _cell(_allowed(place)), default, _cell(str(schema_at(place).get("description", "")))


def _allowed(place: Place) -> str:
    """A section's own keys are in its own table; a map of plain values says what keys and values may be."""
    if "properties" in schema_at(place):
        return f"[below](#{_anchor(place)})"
    below = list(_maps(place))
    if below:
        return f"{allowed_at(place)}, [below](#{_anchor(below[0][0])})"
    words = allowed_at(place)
    schema = schema_at(place)
    if schema.get("type") == "object":
        names = schema.get("propertyNames", {})
        keys = str(resolved(names).get("allowed", "any text"))
        words += f"; keys: {keys}; values: {allowed_at((*place, _NAME))}"
    return words


def _default(value: Schema) -> str:
    default = value.get("default")
    if default is None:
        return "–"
    if isinstance(default, Mapping):
        return "none" if not default else "as below"
    return f"`{_yaml(default)}`"


def _yaml(value: Any) -> str:
    """As one would write it in the stack file."""
    if isinstance(value, list):
        return f"[{', '.join(map(str, value))}]"
    return value if isinstance(value, str) else json.dumps(value)


def _dotted(path: Place) -> str:
    text = ""
    for part in path:
        text += "[]" if isinstance(part, int) else f".{part}" if text else part
    return _cell(text)


def _anchor(path: Place) -> str:
    """As GitHub makes it from the heading."""
    return "".join(one for one in _dotted(path).lower() if one.isalnum() or one in "-_")


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|").replace("<", "\\<")


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _catalogue(catalogue: Catalogue) -> Iterator[str]:
    """What the settings are checked against; stock and prices are known to the live API alone."""
    regions = {region: (region, one.city, ", ".join(one.zones)) for region, one in catalogue.regions.items()}
    yield from _with_sources("Regions", ("region", "city", "zones"), regions, catalogue.regions)
    yield from _with_sources(
        "GPU types",
        ("type", "vCPU", "GiB", "GPU", "GPU memory, GiB", "pods on Terway", "system disks", "on sale"),
        {
            name: (
                name,
                str(one.vcpus),
                str(one.memory),
                f"{one.gpus} × {one.gpu}",
                str(one.gpu_memory),
                str(one.terway_pods),
                ", ".join(one.disks),
                "yes" if one.on_sale else "no",
            )
            for name, one in catalogue.gpu_types.items()
        },
        catalogue.gpu_types,
    )
    versions = {short: (short, version.full) for short, version in catalogue.versions.items()}
    yield from _with_sources("Kubernetes versions", ("short", "in full"), versions, catalogue.versions)


def _with_sources(
    heading: str,
    head: Sequence[str],
    rows: Mapping[str, Sequence[str]],
    entries: Mapping[str, Region] | Mapping[str, GpuType] | Mapping[str, Version],
) -> Iterator[str]:
    """A table whose last column names the entry's confidence and the number of its source, which stands below."""
    sources = list(dict.fromkeys(entry.source for entry in entries.values() if entry.source))
    known = {
        key: f"{entry.source.confidence} ({sources.index(entry.source) + 1})" if entry.source else "–"
        for key, entry in entries.items()
    }
    yield f"## {heading}\n\n{_table((*head, 'known'), [(*row, known[key]) for key, row in rows.items()])}"
    yield "".join(f"{number}. {source.text}; {source.date}.\n" for number, source in enumerate(sources, 1))


if __name__ == "__main__":
    REFERENCE.write_text(reference(shipped()), encoding="utf-8")
    print(f"wrote {REFERENCE.name}")
