"""`pulumi up`: settings are read and checked once, then everything is registered."""

import pulumi

from infra.load import load
from infra.stack import build

stack = build(load(pulumi.Config()), pulumi.get_project(), pulumi.get_stack())
for name, value in stack.outputs().items():
    pulumi.export(name, value)
