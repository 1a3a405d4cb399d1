"""Composes one stack out of components."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi

from components.ack_cluster import AckCluster
from components.alb_gateway import AlbGateway
from components.cluster_autoscaler import ClusterAutoscaler
from components.gateway import Gateway
from components.gpu_node_pool import GpuNodePool
from components.knative import Knative
from components.kourier_gateway import KourierGateway
from components.monitoring import Monitoring
from components.network import Network
from components.service_domain import ServiceDomain
from components.serving_namespace import ServingNamespace, ServingNamespaceArgs
from components.stable_diffusion_service import StableDiffusionService
from components.virtual_nodes import VirtualNodes
from infra.domain import service_domain
from infra.load import Loaded
from infra.parts.autoscaler import autoscaler_args
from infra.parts.cluster import cluster_args
from infra.parts.gateway import alb_args, kourier_args, service_domain_args
from infra.parts.gpu_pools import gpu_pool_args
from infra.parts.knative import knative_args
from infra.parts.monitoring import monitoring_args
from infra.parts.network import network_args
from infra.parts.service import service_args
from infra.parts.virtual_nodes import virtual_nodes_args

# Grafana imports it; the path is the checkout's.
_DASHBOARD = "monitoring/dashboards/knative.json"
# `make destroy` reads the first word.
_ON = "on: to lift it, set deletionProtection to false and run `pulumi up`; then `pulumi destroy` works"
_OFF = "off: `pulumi destroy` removes everything"


@dataclass(frozen=True)
class Stack:
    """What a stack consists of; its outputs are what commands and people read."""

    network: Network
    cluster: AckCluster
    gpu_pools: Mapping[str, GpuNodePool]
    gateway: Gateway
    namespace: ServingNamespace
    domain: str
    services: Mapping[str, StableDiffusionService]
    monitoring: Monitoring | None
    protected: bool
    policy: Mapping[str, object]

    def outputs(self) -> dict[str, pulumi.Input[object]]:
        """clusterId, gatewayAddress (the ALB's DNS name, or Kourier's address), domain and namespace, services (by name
        host, url and, with traffic, the URLs of its revisions), monitoring where there is any (environment, alert rules
        by name, dashboard to import), deletionProtection (on or off, and what to do about it), the kubeconfig, which is
        a secret, and policy: what the policy pack must know of the settings, which the engine does not tell it."""
        return {
            "clusterId": self.cluster.cluster_id,
            "gatewayAddress": self.gateway.dns_name,
            "domain": self.domain,
            "namespace": self.namespace.namespace,
            "services": {name: _addresses(one) for name, one in self.services.items()},
            "deletionProtection": _ON if self.protected else _OFF,
            "kubeconfig": self.cluster.kubeconfig,
            "policy": self.policy,
            **({"monitoring": _links(self.monitoring)} if self.monitoring else {}),
        }


def _links(monitoring: Monitoring) -> dict[str, pulumi.Input[object]]:
    return {
        "environmentId": monitoring.environment_id,
        "alertRules": dict(monitoring.alert_rule_ids),
        "dashboard": _DASHBOARD,
    }


def _addresses(service: StableDiffusionService) -> dict[str, object]:
    revisions = {"revisions": service.revision_urls} if service.revision_urls else {}
    return {"host": service.host, "url": service.url, **revisions}


def build(loaded: Loaded, project: str, stack: str) -> Stack:
    """Registers everything; what depends on what is said here and in the components' `after`.

    A destroy goes the other way: services, ALB, addons, pools, cluster, network.
    """
    tags = {"project": project, "stack": stack, "managed-by": "pulumi"}
    prefix = f"{project}-{stack}"
    network = Network("network", network_args(loaded, prefix, tags))
    cluster = AckCluster("ack", cluster_args(loaded, prefix, tags, network))
    pools = {
        name: GpuNodePool(name, gpu_pool_args(loaded, name, tags, network, cluster))
        for name in loaded.settings.gpu_pools
    }
    autoscaler = ClusterAutoscaler("autoscaler", autoscaler_args(loaded, cluster, pools))
    gateway = _gateway(loaded, prefix, tags, network, cluster)
    record = loaded.settings.gateway.domain
    if record:
        ServiceDomain("domain", service_domain_args(loaded, record, gateway))
    knative = Knative("knative", knative_args(loaded, cluster, gateway))
    domain = service_domain(loaded.settings.knative, loaded.settings.gateway)
    namespace = ServingNamespace(
        "serving",
        ServingNamespaceArgs(loaded.settings.namespace, cluster.provider, after=cluster.workers),
    )
    before_services: list[pulumi.Resource] = [*knative.ready, *gateway.ready, *pools.values(), autoscaler]
    if loaded.settings.virtual_nodes.enabled:
        before_services += VirtualNodes("virtual-nodes", virtual_nodes_args(loaded, network, cluster)).ready
    monitoring = None
    if loaded.settings.monitoring.prometheus:
        monitoring = Monitoring("monitoring", monitoring_args(loaded, prefix, tags, cluster, knative))
        before_services += monitoring.ready
    services = {
        name: StableDiffusionService(
            name, service_args(loaded, name, namespace.namespace, pools, cluster.provider, before_services)
        )
        for name in loaded.settings.services
    }
    protected, policy = loaded.settings.protected, _policy(loaded)
    return Stack(network, cluster, pools, gateway, namespace, domain, services, monitoring, protected, policy)


def _policy(loaded: Loaded) -> Mapping[str, object]:
    budget = loaded.settings.budget.model_dump(mode="json", by_alias=True, exclude_none=True)
    return {"production": loaded.settings.production, "budget": budget}


def _gateway(loaded: Loaded, prefix: str, tags: Mapping[str, str], network: Network, cluster: AckCluster) -> Gateway:
    if loaded.settings.gateway.kind == "kourier":
        return KourierGateway("gateway", kourier_args(loaded))
    return AlbGateway("gateway", alb_args(loaded, prefix, tags, network, cluster))
