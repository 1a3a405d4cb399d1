"""What a request asks RAM for, by the names that policies have for it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from lab.cloud.naming import ACCOUNT_ID
from lab.cloud.oss.wire import call_of
from lab.cloud.ram.policies import Asked
from lab.cloud.wire import HttpRequest

FILE = Path(__file__).with_name("actions.yaml")
_PRODUCTS: Mapping[str, Mapping[str, Any]] = yaml.safe_load(FILE.read_text(encoding="utf-8"))


def asked(product: str, action: str, request: HttpRequest) -> list[Asked]:
    """All of it is needed. product, action: as the call log names them; an action that the lab does not have is asked
    for by its own name."""
    if product == "oss":
        resource, exact = _in_oss(action, request), True
    else:
        resource, exact = f"acs:{_PRODUCTS[product]['prefix']}:{request.region or '*'}:{ACCOUNT_ID}:*", False
    return [Asked(name, resource, exact) for name in ram_actions(product, action)]


def ram_actions(product: str, action: str) -> list[str]:
    """Of one action, as policies name them."""
    about = _PRODUCTS[product]
    names = about.get("actions", {}).get(action, [action])
    return [f"{about['prefix']}:{name}" for name in names]


def _in_oss(action: str, request: HttpRequest) -> str:
    call = call_of(request)
    path = "/".join(part for part in (call.bucket, call.key) if part)
    several = "/*" if action == "DeleteMultipleObjects" else ""
    return f"acs:oss:oss-{call.region}:{ACCOUNT_ID}:{path}{several}"
