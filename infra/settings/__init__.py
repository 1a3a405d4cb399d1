"""The settings of one stack: read once, checked as a whole, then only passed on."""

from typing import Annotated

from pydantic import Field

from infra.catalogue import GpuType
from infra.settings.budget import Budget
from infra.settings.cluster import Cluster
from infra.settings.gateway import Gateway
from infra.settings.knative import Knative
from infra.settings.monitoring import Monitoring
from infra.settings.network import Network
from infra.settings.pools import GpuPool
from infra.settings.section import Section
from infra.settings.services import Service
from infra.settings.texts import Name
from infra.settings.virtual_nodes import VirtualNodes


class MoreCatalogue(Section):
    """What Alibaba Cloud has and the shipped catalogue lacks."""

    regions: dict[str, tuple[str, ...]] = {}
    """Zones by region."""
    gpu_types: dict[str, GpuType] = {}
    """GPU instance types by name."""


class Settings(Section):
    """Everything below the project's own keys in a stack file."""

    production: bool = False
    """Protects network, cluster and GPU pools against deletion and replacement."""
    deletion_protection: bool | None = None
    """Whether the engine refuses to delete or replace VPC, vSwitches, cluster and node pools, and ACK the cluster; by
    default as `production` says. To remove such a part, set it to false and `pulumi up` first."""
    namespace: Name = "default"
    """Kubernetes namespace of the services; made unless it is `default`."""
    network: Network
    """The VPC and its zones."""
    cluster: Cluster = Cluster()
    """The ACK cluster."""
    gpu_pools: Annotated[dict[Name, GpuPool], Field(min_length=1)]
    """GPU node pools by name."""
    virtual_nodes: VirtualNodes = VirtualNodes()
    """Elastic container instances (ECI); off by default."""
    knative: Knative = Knative()
    """Cluster-wide settings of Knative."""
    gateway: Gateway = Gateway()
    """What stands in front of all services."""
    services: Annotated[dict[Name, Service], Field(min_length=1)]
    """Services by name."""
    monitoring: Monitoring = Monitoring()
    """Managed Prometheus; off by default."""
    catalogue: MoreCatalogue = MoreCatalogue()
    """Additions to the catalogue of regions and GPU types."""
    budget: Budget = Budget()
    """What the stack may cost."""

    @property
    def protected(self) -> bool:
        """Whether the parts that hold everything else are protected."""
        return self.production if self.deletion_protection is None else self.deletion_protection
