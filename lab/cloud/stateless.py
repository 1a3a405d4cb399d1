"""Products that answer without keeping anything: which kind of account it is, where endpoints are."""

from lab.cloud.rpc import RpcProduct


def stateless_products() -> list[RpcProduct]:
    no_instances = {"Code": "Success", "Success": True, "Data": {"InstanceList": [], "TotalCount": 0}}
    # An empty list makes the provider fall back to the endpoints it knows, which the proxy leads here too.
    no_endpoints = {"Success": True, "Endpoints": {"Endpoint": []}}
    return [
        RpcProduct("bss", {"QueryAvailableInstances": lambda _: no_instances}, hosts=("business",)),
        RpcProduct("location", {"DescribeEndpoints": lambda _: no_endpoints}, hosts=("location", "location-readonly")),
    ]
