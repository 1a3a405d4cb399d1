"""Limits: how many objects of a kind an account may hold. None by default; the lab's settings set them."""

from collections.abc import Callable, Mapping

from lab.cloud.errors import ApiError

# By kind: code and HTTP status. Source: the error codes in the products' API references.
_DOCUMENTED = {
    "dns-record": ("QuotaExceeded.Record", 400),
    "eip": ("QuotaExceeded.Eip", 400),
    "log-project": ("ProjectQuotaExceed", 400),
    "ram-role": ("LimitExceeded.Role", 409),
    "security-group": ("QuotaExceed.SecurityGroup", 403),
    "vpc": ("QuotaExceeded.Vpc", 400),
    "vswitch": ("QuotaExceeded.VSwitch", 400),
}
# Spelt as their products spell others.
_GUESSED = {
    "cluster": ("QuotaExceeded.Cluster", 400),
    "kms-key": ("QuotaExceeded.Key", 400),
    "nat-gateway": ("QuotaExceeded.NatGateway", 400),
    "node-pool": ("QuotaExceeded.NodePool", 400),
    "ram-policy": ("LimitExceeded.Policy", 409),
}
REFUSALS = _DOCUMENTED | _GUESSED


class Quotas:
    """limits: those in force, by kind."""

    def __init__(self, limits: Callable[[], Mapping[str, int]]) -> None:
        self._limits = limits

    def admit(self, kind: str, there: int) -> None:
        """Raises ApiError if one more than those that are there would be too many."""
        limit = self._limits().get(kind)
        if limit is not None and there >= limit:
            code, status = REFUSALS[kind]
            raise ApiError(code, f"the account may hold {limit} of {kind}: delete one, or raise the quota", status)
