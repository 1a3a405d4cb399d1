"""VPCs and vSwitches: their state and what keeps them from being deleted."""

from collections.abc import Callable, Iterable, Mapping

from pydantic import BaseModel, Field

from lab.cloud.document import Document
from lab.cloud.errors import ApiError
from lab.cloud.naming import RESOURCE_GROUP, new_id, now
from lab.cloud.store import Collection, Store

Users = Callable[[str], Iterable[str]]


class Vpc(Document):
    vpc_id: str
    cidr_block: str = "172.16.0.0/12"
    vpc_name: str = ""
    description: str = ""
    status: str = "Available"
    region_id: str = ""
    creation_time: str = ""
    v_router_id: str = Field(alias="VRouterId")
    is_default: bool = False
    classic_link_enabled: bool = False
    enabled_ipv6: bool = Field(False, alias="EnabledIpv6")
    dns_hostname_status: str = "DISABLED"
    resource_group_id: str = RESOURCE_GROUP


class VSwitch(Document):
    v_switch_id: str = Field(alias="VSwitchId")
    vpc_id: str
    zone_id: str
    cidr_block: str
    v_switch_name: str = Field("", alias="VSwitchName")
    description: str = ""
    status: str = "Available"
    region_id: str = ""
    creation_time: str = ""
    is_default: bool = False
    available_ip_address_count: int = 252
    resource_group_id: str = RESOURCE_GROUP


class RouteTable(BaseModel):
    """The system route table that every VPC has: the provider cannot read a VPC without it."""

    route_table_id: str
    router_id: str
    vpc_id: str


class Networks:
    """VPCs with their vSwitches.

    vpc_users, vswitch_users: who else is asked before a deletion, by the other products: each gives what still
    uses the object, in words.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self.vpcs = Collection(store, "vpc", Vpc, "InvalidVpcId.NotFound")
        self.vswitches = Collection(store, "vswitch", VSwitch, "InvalidVswitchID.NotFound")
        self.route_tables = Collection(store, "route-table", RouteTable, "InvalidRouteTableId.NotFound")
        self.vpc_users: dict[str, Users] = {"DependencyViolation.VSwitch": self._vswitches_of}
        self.vswitch_users: dict[str, Users] = {}

    def create_vpc(self, parameters: Mapping[str, str], region: str) -> Vpc:
        table = RouteTable(route_table_id=new_id("vtb-"), router_id=new_id("vrt-"), vpc_id=new_id("vpc-"))
        vpc = Vpc.of(
            parameters, vpc_id=table.vpc_id, v_router_id=table.router_id, region_id=region, creation_time=now()
        )
        with self._store.transaction():
            self.route_tables.put(table.route_table_id, table)
            return self.vpcs.put(vpc.vpc_id, vpc)

    def delete_vpc(self, vpc_id: str) -> None:
        with self._store.transaction():
            self.vpcs.get(vpc_id)
            refuse_while_used(f"VPC {vpc_id}", vpc_id, self.vpc_users)
            for table in self.route_tables_of(vpc_id):
                self.route_tables.remove(table.route_table_id)
            self.vpcs.remove(vpc_id)

    def route_tables_of(self, vpc_id: str) -> list[RouteTable]:
        return [table for table in self.route_tables.all() if table.vpc_id == vpc_id]

    def create_vswitch(self, parameters: Mapping[str, str], region: str) -> VSwitch:
        with self._store.transaction():
            self.vpcs.get(parameters.get("VpcId", ""))
            identity = new_id("vsw-")
            vswitch = VSwitch.of(parameters, v_switch_id=identity, region_id=region, creation_time=now())
            return self.vswitches.put(identity, vswitch)

    def delete_vswitch(self, vswitch_id: str) -> None:
        with self._store.transaction():
            self.vswitches.get(vswitch_id)
            refuse_while_used(f"vSwitch {vswitch_id}", vswitch_id, self.vswitch_users)
            self.vswitches.remove(vswitch_id)

    def _vswitches_of(self, vpc_id: str) -> list[str]:
        return [f"vSwitch {switch.v_switch_id}" for switch in self.vswitches.all() if switch.vpc_id == vpc_id]


def refuse_while_used(what: str, identity: str, users: Mapping[str, Users]) -> None:
    """users: by the error code of the real API."""
    for code, of in users.items():
        if holders := list(of(identity)):
            raise ApiError(code, f"{what} is still used by {', '.join(holders)}: delete that first")
