"""Limits: how many objects of a kind an account may hold. None by default; the lab's settings set them."""

from collections.abc import Callable, Mapping

from lab.cloud.errors import ApiError

# By kind. ProjectQuotaExceed is documented; the others are spelt as their products spell codes, and not verified.
CODES = {
    "cluster": "QuotaExceeded.Cluster",
    "dns-record": "QuotaExceeded.Record",
    "eip": "QuotaExceeded.Eip",
    "kms-key": "QuotaExceeded.Key",
    "log-project": "ProjectQuotaExceed",
    "nat-gateway": "QuotaExceeded.NatGateway",
    "node-pool": "QuotaExceeded.NodePool",
    "ram-policy": "LimitExceeded.Policy",
    "ram-role": "LimitExceeded.Role",
    "security-group": "QuotaExceeded.SecurityGroup",
    "vpc": "QuotaExceeded.Vpc",
    "vswitch": "QuotaExceeded.VSwitch",
}


class Quotas:
    """limits: those in force, by kind."""

    def __init__(self, limits: Callable[[], Mapping[str, int]]) -> None:
        self._limits = limits

    def admit(self, kind: str, there: int) -> None:
        """Raises ApiError if one more than those that are there would be too many."""
        limit = self._limits().get(kind)
        if limit is not None and there >= limit:
            raise ApiError(CODES[kind], f"the account may hold {limit} of {kind}: delete one, or raise the quota")
