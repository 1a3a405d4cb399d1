"""VPC 2016-04-28: actions on networks, NAT gateways and elastic IP addresses."""

from collections.abc import Mapping
from typing import Any

from lab.cloud.actions import Tagged, delete, modify
from lab.cloud.rpc import Handler, RpcProduct, RpcRequest
from lab.cloud.tags import tag_actions
from lab.cloud.vpc.addresses import Address, Addresses
from lab.cloud.vpc.nat import NatGateway, NatGateways
from lab.cloud.vpc.networks import Networks, Vpc


def vpc_product(networks: Networks, nat: NatGateways, addresses: Addresses) -> RpcProduct:
    return RpcProduct(
        "vpc",
        {
            **_network_actions(networks),
            **_nat_actions(nat),
            **_address_actions(addresses),
            **tag_actions(Tagged([networks.vpcs, networks.vswitches, nat.gateways, addresses.addresses])),
        },
    )


def _network_actions(networks: Networks) -> dict[str, Handler]:
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

    def create_vswitch(request: RpcRequest) -> Mapping[str, Any]:
        return {"VSwitchId": networks.create_vswitch(request.parameters, request.region).v_switch_id}

    return {
        "CreateVpc": create_vpc,
        "DescribeVpcAttribute": lambda request: _vpc(networks.vpcs.get(request.need("VpcId"))),
        "DescribeVpcs": lambda request: {
            "Vpcs": {"Vpc": [_vpc(vpc) for vpc in networks.vpcs.all() if request.get("VpcId") in ("", vpc.vpc_id)]}
        },
        "DescribeRouteTableList": describe_route_tables,
        "ModifyVpcAttribute": modify(networks.vpcs, "VpcId", "VpcName", "Description", "CidrBlock"),
        "DeleteVpc": delete(networks.delete_vpc, "VpcId"),
        "CreateVSwitch": create_vswitch,
        "DescribeVSwitchAttributes": lambda request: networks.vswitches.get(request.need("VSwitchId")).shown(),
        "ModifyVSwitchAttribute": modify(networks.vswitches, "VSwitchId", "VSwitchName", "Description"),
        "DeleteVSwitch": delete(networks.delete_vswitch, "VSwitchId"),
    }


def _nat_actions(nat: NatGateways) -> dict[str, Handler]:
    def create(request: RpcRequest) -> Mapping[str, Any]:
        shown = _gateway(nat.create(request.parameters, request.region))
        return {name: shown[name] for name in ("NatGatewayId", "SnatTableIds", "ForwardTableIds")}

    def describe(request: RpcRequest) -> Mapping[str, Any]:
        wanted = request.get("NatGatewayId"), request.get("VpcId")
        found = [
            _gateway(gateway)
            for gateway in nat.gateways.all()
            if wanted[0] in ("", gateway.nat_gateway_id) and wanted[1] in ("", gateway.vpc_id)
        ]
        return {"NatGateways": {"NatGateway": found}, "TotalCount": len(found)}

    def describe_entries(request: RpcRequest) -> Mapping[str, Any]:
        wanted = request.get("SnatTableId"), request.get("SnatEntryId")
        found = [
            entry.shown(EipAffinity=str(entry.eip_affinity))
            for entry in nat.entries.all()
            if wanted[0] in ("", entry.snat_table_id) and wanted[1] in ("", entry.snat_entry_id)
        ]
        return {"SnatTableEntries": {"SnatTableEntry": found}, "TotalCount": len(found)}

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
        return {"EipAddresses": {"EipAddress": found}, "TotalCount": len(found)}

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
