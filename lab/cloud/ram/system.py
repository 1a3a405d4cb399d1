"""Alibaba Cloud's own policies, by name."""

from collections.abc import Mapping
from pathlib import Path

import yaml

from lab.cloud.errors import ApiError
from lab.cloud.ram.policies import Document

_FILE = Path(__file__).with_name("system-policies.yaml")
_ALLOWED: Mapping[str, list[str]] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))


def system_policy(name: str) -> Document:
    """Raises ApiError for one that the lab does not know, as the real account does for one that there is not."""
    if name not in _ALLOWED:
        raise ApiError(
            "EntityNotExist.Policy",
            f"the policy {name} does not exist, or the lab does not know it: it knows {', '.join(sorted(_ALLOWED))}; "
            "another goes into lab/cloud/ram/system-policies.yaml",
            404,
        )
    return {"Version": "1", "Statement": [{"Effect": "Allow", "Action": _ALLOWED[name], "Resource": "*"}]}
