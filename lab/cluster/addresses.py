"""Addresses inside the lab's network namespace. It has no way out, so that they may be the same on every machine."""

import re

# Control plane, DNS server, gateway: there before the first node and after the last.
CONTROL_PLANE = "10.200.0.250"
# Nobody is there. ClusterIPs need some route before kube-proxy rewrites them.
NOWHERE = "10.200.0.254"
API_PORT = 6443
GATEWAY_PORT = 80
HTTPS_PORT = 443
INTERNAL_GATEWAY_PORT = 8081
SERVICE_SUBNET = "10.96.0.0/16"
API_SERVICE = "10.96.0.1"
POD_SUBNET = "10.244.0.0/16"
CLUSTER_DOMAIN = "cluster.local"

MAX_NODE_NUMBER = 200
VIRTUAL_NODES = 101


def node_number(name: str) -> int:
    """The N of a node named <region>.10.200.0.N: its address, pod subnet, folders and cgroup follow from it.

    A virtual node is named after its zone alone, and has its letter's number above those of all pools.
    """
    if zone := re.fullmatch(r"virtual-kubelet-.*([a-z])", name):
        return VIRTUAL_NODES + ord(zone[1]) - ord("a")
    found = re.search(r"\.([0-9]+)$", name)
    number = int(found[1]) if found else 0
    if not 1 <= number <= MAX_NODE_NUMBER:
        raise RuntimeError(
            f"node name {name!r} must end in .N with N from 1 to {MAX_NODE_NUMBER}, as in cn-shanghai.10.200.0.7"
        )
    return number


def node_address(number: int) -> str:
    return f"10.200.0.{number}"


def pod_subnet(number: int) -> str:
    return f"10.244.{number}.0/24"
