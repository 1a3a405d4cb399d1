"""NAT gateways and SNAT entries."""

from collections.abc import Mapping

from pydantic import Field

from lab.cloud.document import Document
from lab.cloud.errors import ApiError
from lab.cloud.naming import new_id, now
from lab.cloud.store import Collection, Store
from lab.cloud.vpc.addresses import Addresses
from lab.cloud.vpc.networks import Networks, Users, refuse_while_used


class NatGateway(Document):
    nat_gateway_id: str
    vpc_id: str
    v_switch_id: str = Field("", alias="VSwitchId")
    name: str = ""
    description: str = ""
    nat_type: str = "Enhanced"
    network_type: str = "internet"
    instance_charge_type: str = "PostPaid"
    internet_charge_type: str = "PayByLcu"
    eip_bind_mode: str | None = None
    spec: str | None = None
    icmp_reply_enabled: bool = True
    private_link_enabled: bool = False
    deletion_protection: bool = False
    status: str = "Available"
    region_id: str = ""
    creation_time: str = ""
    snat_table_id: str
    forward_table_id: str


class SnatEntry(Document):
    shows_tags = False

    snat_entry_id: str
    snat_table_id: str
    snat_ip: str
    source_v_switch_id: str = Field("", alias="SourceVSwitchId")
    source_cidr: str = Field("", alias="SourceCIDR")
    snat_entry_name: str = ""
    eip_affinity: int = 0
    status: str = "Available"


class NatGateways:
    def __init__(self, store: Store, networks: Networks, addresses: Addresses) -> None:
        self._store = store
        self._networks = networks
        self._addresses = addresses
        self.gateways = Collection(store, "nat-gateway", NatGateway, "InvalidNatGatewayId.NotFound")
        self.entries = Collection(store, "snat-entry", SnatEntry, "InvalidSnatEntryId.NotFound")
        self._users: dict[str, Users] = {
            "DependencyViolation.SNAT": self._entries_of,
            "DependencyViolation.EIPS": addresses.bound_to,
        }
        networks.vpc_users["DependencyViolation.NatGateway"] = self._gateways_in_vpc
        networks.vswitch_users["DependencyViolation.EnhancedNatgw"] = self._gateways_in_vswitch
        networks.vswitch_users["DependencyViolation.SnatEntry"] = self._entries_from
        addresses.users["InvalidIpStatus.HasBeenUsedBySnatTable"] = self._entries_with

    def create(self, parameters: Mapping[str, str], region: str) -> NatGateway:
        with self._store.transaction():
            self._networks.vpcs.get(parameters.get("VpcId", ""))
            if vswitch := parameters.get("VSwitchId"):
                self._networks.vswitches.get(vswitch)
            gateway = NatGateway.of(
                parameters,
                nat_gateway_id=new_id("ngw-"),
                snat_table_id=new_id("stb-"),
                forward_table_id=new_id("ftb-"),
                region_id=region,
                creation_time=now(),
            )
            return self.gateways.put(gateway.nat_gateway_id, gateway)

    def delete(self, identity: str) -> None:
        with self._store.transaction():
            gateway = self.gateways.get(identity)
            if gateway.deletion_protection:
                raise ApiError("OperationDenied.DeleteProtectionEnabled", f"NAT gateway {identity} is protected")
            refuse_while_used(f"NAT gateway {identity}", identity, self._users)
            self.gateways.remove(identity)

    def create_entry(self, parameters: Mapping[str, str]) -> SnatEntry:
        with self._store.transaction():
            entry = SnatEntry.of(parameters, snat_entry_id=new_id("snat-"))
            gateway = self._owner(entry.snat_table_id)
            for address in entry.snat_ip.split(","):
                if address not in self._addresses.addresses_of(gateway.nat_gateway_id):
                    raise ApiError(
                        "EIP_NOT_IN_GATEWAY",
                        f"{address} is not bound to NAT gateway {gateway.nat_gateway_id}: associate it first",
                    )
            return self.entries.put(entry.snat_entry_id, entry)

    def delete_entry(self, identity: str) -> None:
        self.entries.get(identity)
        self.entries.remove(identity)

    def _owner(self, snat_table_id: str) -> NatGateway:
        for gateway in self.gateways.all():
            if gateway.snat_table_id == snat_table_id:
                return gateway
        raise ApiError("InvalidSnatTableId.NotFound", f"there is no SNAT table {snat_table_id!r}", 404)

    def _entries_of(self, gateway_id: str) -> list[str]:
        table = self.gateways.get(gateway_id).snat_table_id
        return [f"SNAT entry {entry.snat_entry_id}" for entry in self.entries.all() if entry.snat_table_id == table]

    def _entries_from(self, vswitch_id: str) -> list[str]:
        return [f"SNAT entry {e.snat_entry_id}" for e in self.entries.all() if e.source_v_switch_id == vswitch_id]

    def _entries_with(self, address: str) -> list[str]:
        return [f"SNAT entry {e.snat_entry_id}" for e in self.entries.all() if address in e.snat_ip.split(",")]

    def _gateways_in_vpc(self, vpc_id: str) -> list[str]:
        return [f"NAT gateway {g.nat_gateway_id}" for g in self.gateways.all() if g.vpc_id == vpc_id]

    def _gateways_in_vswitch(self, vswitch_id: str) -> list[str]:
        return [f"NAT gateway {g.nat_gateway_id}" for g in self.gateways.all() if g.v_switch_id == vswitch_id]
