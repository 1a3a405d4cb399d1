"""Limits: how many objects of a kind an account may hold. None by default; the lab's settings set them."""

from lab.cloud.errors import ApiError
from lab.cloud.settings import Knobs

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
    """Those of the settings in force."""

    def __init__(self, knobs: Knobs) -> None:
        self._knobs = knobs

    def admit(self, kind: str, there: int) -> None:
        """Raises ApiError if one more than those that are there would be too many."""
        limit = self._knobs.now.quotas.get(kind)
        if limit is not None and there >= limit:
            code = CODES.get(kind, "QuotaExceeded")
            raise ApiError(code, f"the account may hold {limit} of {kind}: delete one, or raise the quota")
