"""No type that a component makes is forgotten by a recovery."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pulumi
import pulumi_alicloud

from ops.recover.finders import FINDERS, IN_A_PARENT, NEEDLESS

CHECKOUT = Path(__file__).resolve().parents[4]
PROGRAMS = ("components", "infra", "examples")


def test_every_type_that_a_program_makes_is_looked_for_or_needs_not_be() -> None:
    made = {kind for folder in PROGRAMS for file in (CHECKOUT / folder).rglob("*.py") for kind in types_made(file)}

    assert made == FINDERS.keys() | NEEDLESS.keys()
    assert not FINDERS.keys() & NEEDLESS.keys()
    assert set(IN_A_PARENT) <= FINDERS.keys()


def types_made(file: Path) -> Iterator[str]:
    """Of the resources of alicloud that a file names, such as alicloud.vpc.Network."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        match node:
            case ast.Attribute(value=ast.Attribute(value=ast.Name(id="alicloud"), attr=module), attr=name):
                kind = getattr(getattr(pulumi_alicloud, module), name)
                if isinstance(kind, type) and issubclass(kind, pulumi.CustomResource):
                    yield str(vars(kind)["pulumi_type"])
