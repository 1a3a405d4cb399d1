"""Elastic IP addresses and what they are bound to."""

from collections.abc import Mapping

from pydantic import Field

from lab.cloud.document import Document
from lab.cloud.errors import ApiError
from lab.cloud.naming import RESOURCE_GROUP, new_id, now
from lab.cloud.store import Collection, Store
from lab.cloud.vpc.networks import Users, refuse_while_used

# Reserved for documentation (RFC 5737): what is shown as public can never be somebody's real address.
PUBLIC_ADDRESSES = [f"203.0.113.{host}" for host in range(1, 255)]


class Address(Document):
    allocation_id: str
    ip_address: str
    name: str = ""
    description: str = ""
    bandwidth: str = "5"
    charge_type: str = "PostPaid"
    internet_charge_type: str = "PayByBandwidth"
    isp: str = Field("BGP", alias="ISP")
    netmode: str = "public"
    status: str = "Available"
    instance_id: str = ""
    instance_type: str = ""
    private_ip_address: str = ""
    mode: str | None = None
    vpc_id: str | None = None
    deletion_protection: bool = False
    region_id: str = ""
    allocation_time: str = ""
    resource_group_id: str = RESOURCE_GROUP


class Addresses:
    """users: what keeps an address from being unbound or released, asked by address."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.addresses = Collection(store, "eip", Address, "InvalidAllocationId.NotFound")
        self.users: dict[str, Users] = {}

    def allocate(self, parameters: Mapping[str, str], region: str) -> Address:
        with self._store.transaction():
            taken = {address.ip_address for address in self.addresses.all()}
            free = next((ip for ip in PUBLIC_ADDRESSES if ip not in taken), None)
            if free is None:
                raise ApiError("QuotaExceeded.Eip", f"all {len(PUBLIC_ADDRESSES)} addresses of the lab are allocated")
            address = Address.of(
                parameters,
                allocation_id=new_id("eip-"),
                ip_address=free,
                charge_type=parameters.get("InstanceChargeType", "PostPaid"),
                region_id=region,
                allocation_time=now(),
            )
            return self.addresses.put(address.allocation_id, address)

    def release(self, allocation_id: str) -> None:
        with self._store.transaction():
            address = self.addresses.get(allocation_id)
            if address.instance_id:
                raise ApiError(
                    "IncorrectEipStatus",
                    f"EIP {allocation_id} is in use by {address.instance_id}: unassociate it first",
                )
            self.addresses.remove(allocation_id)

    def associate(self, parameters: Mapping[str, str]) -> Address:
        with self._store.transaction():
            address = self.addresses.get(parameters.get("AllocationId", ""))
            if address.instance_id:
                raise ApiError(
                    "InvalidAssociation.Duplicated", f"EIP {address.allocation_id} is bound to {address.instance_id}"
                )
            bound = address.changed(
                {"InstanceType": "Nat", **parameters, "Status": "InUse"},
                *("InstanceId", "InstanceType", "PrivateIpAddress", "Mode", "VpcId", "Status"),
            )
            return self.addresses.put(address.allocation_id, bound)

    def unassociate(self, allocation_id: str) -> None:
        with self._store.transaction():
            address = self.addresses.get(allocation_id)
            refuse_while_used(f"EIP {allocation_id}", address.ip_address, self.users)
            unbound = {"instance_id": "", "instance_type": "", "private_ip_address": "", "status": "Available"}
            self.addresses.change(allocation_id, **unbound)

    def addresses_of(self, instance_id: str) -> list[str]:
        return [address.ip_address for address in self.addresses.all() if address.instance_id == instance_id]

    def bound_to(self, instance_id: str) -> list[str]:
        return [f"EIP {a.allocation_id}" for a in self.addresses.all() if a.instance_id == instance_id]
