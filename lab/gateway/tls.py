"""What a listener's securityPolicyId means: versions of TLS, and ciphers. ALB's own are in tls-policies.yaml."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

_TABLE: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("tls-policies.yaml").read_text(encoding="utf-8"))
_CUSTOM = "tls-"
# Envoy's TLS library has never had these, and refuses a list that names one.
_NOT_IN_ENVOY = {"ECDHE-ECDSA-AES256-SHA384", "ECDHE-RSA-AES256-SHA384", "AES128-SHA256", "AES256-SHA256"}


@dataclass(frozen=True)
class TlsPolicy:
    """oldest, newest: versions such as "1.2".

    ciphers: for versions before 1.3, by OpenSSL's names; none means Envoy's own choice.
    """

    oldest: str
    newest: str
    ciphers: Sequence[str] = ()


def tls_policy(id: str) -> TlsPolicy:
    """Policies of the user's own (tls-…) are not in this account: all of them are TLS 1.2 and 1.3 here.

    Raises ValueError for one that ALB does not have.
    """
    if id.startswith(_CUSTOM):
        return TlsPolicy("1.2", "1.3")
    if id not in _TABLE["versions"]:
        raise ValueError(f"ALB has no TLS policy {id!r}; it has {', '.join(_TABLE['versions'])}, and yours (tls-…)")
    oldest, newest = _TABLE["versions"][id]
    groups = _TABLE["ciphers"]
    ciphers = [*groups["all"], *([] if "strict" in id else groups["not strict"])]
    return TlsPolicy(oldest, newest, tuple(one for one in ciphers if one not in _NOT_IN_ENVOY))


DEFAULT = tls_policy("tls_cipher_policy_1_0")
