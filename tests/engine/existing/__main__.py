"""Registers the resources that the stack's configuration lists: type, name and inputs of each."""

import pulumi

for one in pulumi.Config().require_object("resources"):
    pulumi.CustomResource(one["type"], one["name"], one["inputs"])
