"""Alidns 2015-01-09: actions on records."""

from collections.abc import Mapping
from typing import Any

from lab.cloud.actions import delete, modify
from lab.cloud.dns.models import Records
from lab.cloud.pages import page
from lab.cloud.rpc import RpcProduct, RpcRequest

# The API is asked to Enable, and shows ENABLE.
STATES = {"Enable": "ENABLE", "Disable": "DISABLE"}


def dns_product(records: Records) -> RpcProduct:
    def set_status(request: RpcRequest) -> Mapping[str, Any]:
        identity = request.need("RecordId")
        wanted = request.need("Status")
        records.records.change(identity, status=STATES.get(wanted, wanted.upper()))
        return {"RecordId": identity, "Status": wanted}

    def list_records(request: RpcRequest) -> Mapping[str, Any]:
        """RRKeyWord and TypeKeyWord as the API has them: a part of the name, the whole type."""
        domain, kind = request.need("DomainName"), request.get("TypeKeyWord")
        found = [
            record.shown()
            for record in records.records.all()
            if record.domain_name == domain and request.get("RRKeyWord") in record.rr and kind in ("", record.type)
        ]
        rows, about = page(request.parameters, found, size=20, most=500)
        return {"DomainRecords": {"Record": rows}, **about}

    return RpcProduct(
        "dns",
        {
            "AddDomainRecord": lambda request: {"RecordId": records.add(request.parameters).record_id},
            "DescribeDomainRecordInfo": lambda request: records.records.get(request.need("RecordId")).shown(),
            "DescribeDomainRecords": list_records,
            "UpdateDomainRecord": modify(records.records, "RecordId", "RR", "Type", "Value", "TTL", "Priority", "Line"),
            "UpdateDomainRecordRemark": modify(records.records, "RecordId", "Remark"),
            "SetDomainRecordStatus": set_status,
            "DeleteDomainRecord": delete(records.delete, "RecordId"),
        },
        hosts=("alidns", "dns"),
    )
