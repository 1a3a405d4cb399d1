"""docs/configuration.md says what the settings are."""

import re

import pytest

from infra.catalogue import shipped
from infra.reference import REFERENCE, reference
from infra.settings.schema import keys_at

SECTIONS = dict(re.findall(r"^#+ ([^\n]+)\n(.*?)(?=^#|\Z)", reference(shipped()), re.MULTILINE | re.DOTALL))


def test_the_reference_is_current() -> None:
    assert REFERENCE.read_text(encoding="utf-8") == reference(shipped()), "settings or catalogue changed: run make docs"


@pytest.mark.parametrize(
    ("heading", "path"),
    [
        ("Top level", ()),
        ("network", ("network",)),
        ("cluster.systemPool", ("cluster", "systemPool")),
        (r"gpuPools.\<name>", ("gpuPools", "any")),
        (r"services.\<name>.resources.requests", ("services", "any", "resources", "requests")),
    ],
)
def test_a_section_lists_all_its_keys_in_the_order_of_the_model(heading: str, path: tuple[str, ...]) -> None:
    assert re.findall(r"^\| `(\w+)`", SECTIONS[heading], re.MULTILINE) == keys_at(path)


@pytest.mark.parametrize(
    ("heading", "key", "parts"),
    [
        ("network", "cidr", ["an IPv4 network", "such as 10.32.0.0/16", "**required**", "fixed once it is made"]),
        ("cluster", "idleMinutes", ["a whole number from 1 to 240", "`10`", "saves money"]),
        (r"gpuPools.\<name>", "diskCategory", ["one of cloud_essd", "–", "by default the fastest"]),
        (r"services.\<name>", "env", ["keys: letters, digits", "values: text of one character", "none"]),
        (r"services.\<name>", "args", ["a list, each text", "`[--listen, --skip-torch-cuda-test, --api]`"]),
    ],
)
def test_a_key_is_told_with_what_is_allowed_its_default_and_its_reason(
    heading: str, key: str, parts: list[str]
) -> None:
    (line,) = [one for one in SECTIONS[heading].splitlines() if one.startswith(f"| `{key}` ")]

    assert [part for part in parts if part not in line] == []


def test_every_link_leads_to_a_section() -> None:
    targets = set(re.findall(r"\(#([^)]+)\)", "".join(SECTIONS.values())))

    assert targets
    assert targets <= {re.sub(r"[^a-z0-9_-]", "", heading.lower()) for heading in SECTIONS}


def test_the_catalogue_is_told_with_what_can_no_longer_be_ordered() -> None:
    (line,) = [one for one in SECTIONS["GPU types"].splitlines() if one.startswith("| ecs.gn5-c4g1.xlarge ")]

    assert "| no | copy (1) |" in line
    assert all(region in SECTIONS["Regions"] for region in shipped().regions)
