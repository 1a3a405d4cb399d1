"""Who may import whom: components know no settings, infra composes them, ops and lab know neither."""

import ast
import re
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
OURS = {"components", "infra", "ops", "lab", "policy", "examples", "tests"}
ALLOWED: dict[str, set[str]] = {
    "components": {"components"},
    "infra": {"infra", "components"},
    "__main__.py": {"infra"},
    "examples": {"components"},
    "ops": {"ops"},
    "policy": {"policy", "ops"},
    "lab": {"lab", "ops"},
}
# Within a layer: what a part must not know, so that it can be read and tested without it.
APART: dict[str, set[str]] = {
    "components/manifests": {"pulumi_alicloud", "pulumi_kubernetes"},
    "infra/settings": {"pulumi", "components", "infra.checks", "infra.parts", "infra.load", "infra.stack"},
    "infra/catalogue": {"pulumi", "components", "infra.checks", "infra.parts", "infra.load", "infra.stack"},
    "infra/checks": {"pulumi", "infra.parts", "infra.load", "infra.stack"},
}
COMPONENT_PACKAGES = {"pulumi", "pulumi_alicloud", "pulumi_kubernetes"}
LONGEST_FILE = 400


def modules(file: Path) -> set[str]:
    """Dotted names of the modules that a file imports, or imports from."""
    names = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


def imported(file: Path) -> set[str]:
    """Top-level names of the packages that a file imports."""
    return {name.split(".")[0] for name in modules(file)}


def files(layer: str) -> list[Path]:
    path = CHECKOUT / layer
    return [path] if path.is_file() else sorted(path.rglob("*.py"))


@pytest.mark.parametrize("layer", ALLOWED)
def test_a_layer_imports_only_what_it_may(layer: str) -> None:
    wrong = {
        str(file.relative_to(CHECKOUT)): beyond
        for file in files(layer)
        if (beyond := imported(file) & OURS - ALLOWED[layer])
    }

    assert files(layer)
    assert wrong == {}


@pytest.mark.parametrize("part", APART)
def test_a_part_does_not_know_what_it_is_to_be_read_without(part: str) -> None:
    wrong = {
        str(file.relative_to(CHECKOUT)): beyond
        for file in files(part)
        if (beyond := {name for name in modules(file) for other in APART[part] if f"{name}.".startswith(f"{other}.")})
    }

    assert files(part)
    assert wrong == {}


def test_every_folder_with_python_has_its_rule() -> None:
    folders = {file.relative_to(CHECKOUT).parts[0] for file in CHECKOUT.glob("[!.]*/**/*.py")}

    assert folders == {layer for layer in ALLOWED if not layer.endswith(".py")} | {"tests"}


def test_components_need_nothing_but_pulumi_and_the_providers() -> None:
    beyond = {name for file in files("components") for name in imported(file)}

    assert beyond - sys.stdlib_module_names - {"components"} == COMPONENT_PACKAGES


def test_components_read_no_configuration() -> None:
    readers = [
        file.name
        for file in files("components")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and ast.unparse(node) == "pulumi.Config"
    ]

    assert readers == []


@pytest.mark.parametrize("layer", ["components", "infra"])
def test_the_program_never_asks_whether_it_runs_in_the_lab(layer: str) -> None:
    asking = [
        file.name
        for file in files(layer)
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.If | ast.IfExp) and re.search(r"(\b|_)(lab|local)(\b|_)", ast.unparse(node.test))
    ]

    assert asking == []


@pytest.mark.parametrize("layer", sorted(OURS))
def test_no_file_is_longer_than_can_be_read_in_one_go(layer: str) -> None:
    long = {
        str(file.relative_to(CHECKOUT)): lines
        for file in files(layer)
        if (lines := len(file.read_text(encoding="utf-8").splitlines())) > LONGEST_FILE
    }

    assert long == {}
