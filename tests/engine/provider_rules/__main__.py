"""Registers the cases of cases.yaml that the stack's configuration names; each resource has its case's name."""

from operator import attrgetter
from pathlib import Path

import pulumi
import pulumi_alicloud
import yaml

known = yaml.safe_load(Path(__file__).with_name("cases.yaml").read_text(encoding="utf-8"))
for name in pulumi.Config().require_object("cases"):
    case = {**known["refused"], **known["taken"]}[name]
    attrgetter(case["type"])(pulumi_alicloud)(name, **case["arguments"])
