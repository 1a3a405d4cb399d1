"""Settings of the ACK cluster and its always-on CPU nodes."""

from typing import Annotated, Literal

from pydantic import Field

from infra.settings.pools import DiskCategory
from infra.settings.section import Section
from infra.settings.texts import Cidr, InstanceType, allowed, matching

ImageType = Literal[
    "AliyunLinux3", "AliyunLinux3ContainerOptimized", "AliyunLinux4", "AliyunLinux4ContainerOptimized", "Ubuntu"
]


class SystemPool(Section):
    """The CPU nodes that are always there."""

    instance_types: Annotated[tuple[InstanceType, ...], Field(min_length=1)] = (
        "ecs.g7.xlarge",
        "ecs.g8i.xlarge",
        "ecs.g6.xlarge",
    )
    """In the order of preference; several, because any one can be out of stock in a zone."""
    size: Annotated[int, Field(ge=3, le=100)] = 3
    """Nodes; ACK asks for three before it deploys Knative."""
    disk_category: DiskCategory = "cloud_essd"
    """Category of the system disks."""
    disk_gib: Annotated[int, Field(ge=40, le=2048)] = 120
    """Size of the system disks, GiB."""


class ApiServer(Section):
    """How the Kubernetes API is reached."""

    public: bool = True
    """Whether the API server has a public address; without one Pulumi must run inside the VPC. Fixed at creation:
    changing it replaces the cluster. Who may connect the provider cannot say: that is an access list of the API
    server's load balancer, made by hand."""


class Cluster(Section):
    """The ACK cluster."""

    version: Annotated[
        str, matching(r"1\.\d{2}(\.\d+-aliyun\.\d+)?"), allowed("1.<minor> or 1.<minor>.<patch>-aliyun.<build>", "1.35")
    ] = "1.35"
    """Kubernetes version; the short form takes the build that the catalogue names."""
    spec: Literal["ack.standard", "ack.pro.small", "ack.pro.xlarge", "ack.pro.2xlarge", "ack.pro.4xlarge"] = (
        "ack.pro.small"
    )
    """Control plane; ack.standard has no fee and no service level."""
    service_cidr: Cidr = "172.21.0.0/20"
    """Address range of Kubernetes services; fixed once the cluster is made."""
    pod_network: Literal["terway", "flannel"] = "terway"
    """terway: pods have VPC addresses and ALB reaches them directly; flannel: an overlay, for GPU types with few
    interfaces. Fixed once the cluster is made."""
    pod_cidr: Cidr = "172.24.0.0/14"
    """Address range of pods with flannel; terway takes them from the VPC. Fixed once the cluster is made."""
    image_type: ImageType = "AliyunLinux4"
    """Operating system of all nodes. Kubernetes 1.35 and later need cgroup v2, which AliyunLinux3 lacks by default."""
    api_server: ApiServer = ApiServer()
    """How the Kubernetes API is reached."""
    idle_minutes: Annotated[int, Field(ge=1, le=240)] = 10
    """How long a GPU node may be idle before it is given back; a shorter time saves money, a longer one saves the
    minutes of a new node."""
    system_pool: SystemPool = SystemPool()
    """The always-on CPU nodes."""
