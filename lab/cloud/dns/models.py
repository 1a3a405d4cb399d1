"""Records; any domain counts as the account's own."""

from collections.abc import Mapping

from pydantic import Field

from lab.cloud.document import Document
from lab.cloud.errors import ApiError
from lab.cloud.naming import new_id
from lab.cloud.store import Collection, Store


class Record(Document):
    shows_tags = False

    record_id: str
    domain_name: str
    rr: str = Field(alias="RR")
    type: str
    value: str
    ttl: int = Field(600, alias="TTL")
    priority: int = 1
    line: str = "default"
    status: str = "ENABLE"
    remark: str = ""
    locked: bool = False


class Records:
    def __init__(self, store: Store) -> None:
        self._store = store
        self.records = Collection(store, "dns-record", Record, "DomainRecordNotBelongToUser")

    def add(self, parameters: Mapping[str, str]) -> Record:
        with self._store.transaction():
            record = Record.of(parameters, record_id=new_id(""))
            for known in self.records.all():
                if known.model_copy(update={"record_id": record.record_id, "ttl": record.ttl}) == record:
                    raise ApiError(
                        "DomainRecordDuplicate", f"{record.rr}.{record.domain_name} {record.type} is there already"
                    )
            return self.records.put(record.record_id, record)

    def delete(self, identity: str) -> None:
        self.records.get(identity)
        self.records.remove(identity)
