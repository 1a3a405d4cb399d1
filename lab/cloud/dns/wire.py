"""Alidns 2015-01-09: actions on records."""

from collections.abc import Mapping
from typing import Any

from lab.cloud.actions import delete, modify
from lab.cloud.dns.models import Records
from lab.cloud.rpc import RpcProduct, RpcRequest

# The API is asked to Enable, and shows ENABLE.
STATES = {"Enable": "ENABLE", "Disable": "DISABLE"}


def dns_product(records: Records) -> RpcProduct:
    def set_status(request: RpcRequest) -> Mapping[str, Any]:
        identity = request.need("RecordId")
        wanted = request.need("Status")
        records.records.change(identity, status=STATES.get(wanted, wanted.upper()))
        return {"RecordId": identity, "Status": wanted}

    return RpcProduct(
        "dns",
        {
            "AddDomainRecord": lambda request: {"RecordId": records.add(request.parameters).record_id},
            "DescribeDomainRecordInfo": lambda request: records.records.get(request.need("RecordId")).shown(),
            "UpdateDomainRecord": modify(records.records, "RecordId", "RR", "Type", "Value", "TTL", "Priority", "Line"),
            "UpdateDomainRecordRemark": modify(records.records, "RecordId", "Remark"),
            "SetDomainRecordStatus": set_status,
            "DeleteDomainRecord": delete(records.delete, "RecordId"),
        },
        hosts=("alidns", "dns"),
    )
