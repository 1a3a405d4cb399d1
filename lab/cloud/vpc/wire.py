"""VPC 2016-04-28: actions on networks, NAT gateways and elastic IP addresses."""

from collections.abc import Callable, Mapping
from typing import Any

from lab.cloud.actions import Tagged, delete, modify
from lab.cloud.naming import age
from lab.cloud.pages import page
from lab.cloud.rpc import Handler, RpcProduct, RpcRequest
from lab.cloud.settings import Knobs
from lab.cloud.tags import tag_actions
from lab.cloud.vpc.addresses import Address, Addresses
from lab.cloud.vpc.nat import NatGateway, NatGateways
from lab.cloud.vpc.networks import Networks, Vpc, VSwitch

# From the time of creation and the state before it is available, what the answer says instead.
State = Callable[[str, str], Mapping[str, str]]


def vpc_product(networks: Networks, nat: NatGateways, addresses: Addresses, knobs: Knobs) -> RpcProduct:
    def state(creation_time: str, before: str) -> Mapping[str, str]:
        """Of an object that takes the settings' time to be available."""
        return {"Status": before} if age(creation_time) < knobs.now.pending_seconds else {}

    return RpcProduct(
        "vpc",
        {
            **_network_actions(networks, state),
            **_nat_actions(nat, state),
            **_address_actions(addresses),
            **tag_actions(Tagged([networks.vpcs, networks.vswitches, nat.gateways, addresses.addresses])),
        },
    )


def _network_actions(networks: Networks, state: State) -> dict[str, Handler]:
    def create_vpc(request: RpcRequest) -> Mapping[str, Any]:
        vpc = networks.create_vpc(request.parameters, request.region)
        table = networks.route_tables_of(vpc.vpc_id)[0]
        return {"VpcId": vpc.vpc_id, "VRouterId": vpc.v_router_id, "RouteTableId": table.route_table_id}

    def describe_route_tables(request: RpcRequest) -> Mapping[str, Any]:
        tables = networks.route_tables_of(request.need("VpcId"))
        rows = [
            {
                "RouteTableId": table.route_table_id,
                "RouterId": table.router_id,
                "VpcId": table.vpc_id,
                "RouteTableType": "System",
                "RouterType": "VRouter",
                "Status": "Available",
                "ResourceGroupId": networks.vpcs.get(table.vpc_id).resource_group_id,
            }
            for table in tables
        ]
        return {"RouterTableList": {"RouterTableListType": rows}, "TotalCount": len(rows)}

    def vpc(item: Vpc) -> dict[str, Any]:
        return {**_vpc(item), **state(item.creation_time, "Pending")}

    def vswitch(item: VSwitch) -> dict[str, Any]:
        return {**item.shown(), **state(item.creation_time, "Pending")}

    def describe_vpcs(request: RpcRequest) -> Mapping[str, Any]:
        found = [item for item in networks.vpcs.all() if request.get("VpcId") in ("", item.vpc_id)]
        rows, about = page(request.parameters, found)
        return {"Vpcs": {"Vpc": [vpc(item) for item in rows]}, **about}

    def describe_vswitches(request: RpcRequest) -> Mapping[str, Any]:
        wanted = {"VpcId": request.get("VpcId"), "VSwitchId": request.get("VSwitchId")}
        found = [
            item
            for item in networks.vswitches.all()
            if wanted["VpcId"] in ("", item.vpc_id) and wanted["VSwitchId"] in ("", item.v_switch_id)
        ]
        rows, about = page(request.parameters, found)
        return {"VSwitches": {"VSwitch": [vswitch(item) for item in rows]}, **about}

    def create_vswitch(request: RpcRequest) -> Mapping[str, Any]:
        return {"VSwitchId": networks.create_vswitch(request.parameters, request.region).v_switch_id}

    return {
        "CreateVpc": create_vpc,
        "DescribeVpcAttribute": lambda request: vpc(networks.vpcs.get(request.need("VpcId"))),
        "DescribeVpcs": describe_vpcs,
        "DescribeRouteTableList": describe_route_tables,
        "ModifyVpcAttribute": modify(networks.vpcs, "VpcId", "VpcName", "Description", "CidrBlock"),
        "DeleteVpc": delete(networks.delete_vpc, "VpcId"),
        "CreateVSwitch": create_vswitch,
        "DescribeVSwitchAttributes": lambda request: vswitch(networks.vswitches.get(request.need("VSwitchId"))),
        "DescribeVSwitches": describe_vswitches,
        "ModifyVSwitchAttribute": modify(networks.vswitches, "VSwitchId", "VSwitchName", "Description"),
        "DeleteVSwitch": delete(networks.delete_vswitch, "VSwitchId"),
    }


def _nat_actions(nat: NatGateways, state: State) -> dict[str, Handler]:
    def create(request: RpcRequest) -> Mapping[str, Any]:
        shown = _gateway(nat.create(request.parameters, request.region))
        return {name: shown[name] for name in ("NatGatewayId", "SnatTableIds", "ForwardTableIds")}

    def describe(request: RpcRequest) -> Mapping[str, Any]:
        wanted = request.get("NatGatewayId"), request.get("VpcId")
        found = [
            {**_gateway(gateway), **state(gateway.creation_time, "Creating")}
            for gateway in nat.gateways.all()
            if wanted[0] in ("", gateway.nat_gateway_id) and wanted[1] in ("", gateway.vpc_id)
        ]
        rows, about = page(request.parameters, found)
        return {"NatGateways": {"NatGateway": rows}, **about}

    def describe_entries(request: RpcRequest) -> Mapping[str, Any]:
        wanted = request.get("SnatTableId"), request.get("SnatEntryId")
        found = [
            entry.shown(EipAffinity=str(entry.eip_affinity))
            for entry in nat.entries.all()
            if wanted[0] in ("", entry.snat_table_id) and wanted[1] in ("", entry.snat_entry_id)
        ]
        rows, about = page(request.parameters, found)
        return {"SnatTableEntries": {"SnatTableEntry": rows}, **about}

    return {
        "CreateNatGateway": create,
        "DescribeNatGateways": describe,
        "ModifyNatGatewayAttribute": modify(
            nat.gateways, "NatGatewayId", "Name", "Description", "EipBindMode", "IcmpReplyEnabled"
        ),
        "ModifyNatGatewaySpec": modify(nat.gateways, "NatGatewayId", "Spec"),
        "DeleteNatGateway": delete(nat.delete, "NatGatewayId"),
        "CreateSnatEntry": lambda request: {"SnatEntryId": nat.create_entry(request.parameters).snat_entry_id},
        "DescribeSnatTableEntries": describe_entries,
        "ModifySnatEntry": modify(nat.entries, "SnatEntryId", "SnatIp", "SnatEntryName", "EipAffinity"),
        "DeleteSnatEntry": delete(nat.delete_entry, "SnatEntryId"),
    }


def _address_actions(addresses: Addresses) -> dict[str, Handler]:
    def allocate(request: RpcRequest) -> Mapping[str, Any]:
        address = addresses.allocate(request.parameters, request.region)
        return {"AllocationId": address.allocation_id, "EipAddress": address.ip_address}

    def describe(request: RpcRequest) -> Mapping[str, Any]:
        wanted = request.get("AllocationId")
        found = [_address(address) for address in addresses.addresses.all() if wanted in ("", address.allocation_id)]
        rows, about = page(request.parameters, found)
        return {"EipAddresses": {"EipAddress": rows}, **about}

    def associate(request: RpcRequest) -> Mapping[str, Any]:
        addresses.associate(request.parameters)
        return {}

    return {
        "AllocateEipAddress": allocate,
        "DescribeEipAddresses": describe,
        "ModifyEipAddressAttribute": modify(addresses.addresses, "AllocationId", "Name", "Description", "Bandwidth"),
        "ReleaseEipAddress": delete(addresses.release, "AllocationId"),
        "AssociateEipAddress": associate,
        "UnassociateEipAddress": delete(addresses.unassociate, "AllocationId"),
        "DescribeHighDefinitionMonitorLogAttribute": lambda request: {"LogProject": "", "LogStore": ""},
    }


def _vpc(vpc: Vpc) -> dict[str, Any]:
    return vpc.shown(
        Ipv6CidrBlocks={"Ipv6CidrBlock": []},
        SecondaryCidrBlocks={"SecondaryCidrBlock": []},
        UserCidrs={"UserCidr": []},
    )


def _gateway(gateway: NatGateway) -> dict[str, Any]:
    """The provider panics without the two lists of tables and NatGatewayPrivateInfo."""
    return gateway.shown(
        SnatTableIds={"SnatTableId": [gateway.snat_table_id]},
        ForwardTableIds={"ForwardTableId": [gateway.forward_table_id]},
        NatGatewayPrivateInfo={"VswitchId": gateway.v_switch_id},
    )


def _address(address: Address) -> dict[str, Any]:
    return address.shown(SecurityProtectionTypes={"SecurityProtectionType": []})
