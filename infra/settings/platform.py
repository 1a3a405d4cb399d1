"""Settings of what services stand on: network, cluster, GPU pools, Knative and the gateway."""

from typing import Annotated, Literal

from pydantic import Field

from infra.settings.section import Section
from infra.settings.texts import Cidr, Domain, Duration, InstanceType, allowed, matching

DiskCategory = Literal["cloud_essd", "cloud_auto", "cloud_essd_entry", "cloud_ssd", "cloud_efficiency"]
ImageType = Literal[
    "AliyunLinux3", "AliyunLinux3ContainerOptimized", "AliyunLinux4", "AliyunLinux4ContainerOptimized", "Ubuntu"
]


class Network(Section):
    """The VPC and its zones."""

    cidr: Cidr
    """Address range of the VPC; fixed once it is made. It is cut into sixteen equal parts, two per zone."""
    zones: Annotated[tuple[str, ...], Field(min_length=2, max_length=8)]
    """Zones for nodes, pods and the load balancer; ALB asks for two. Add new ones at the end: the order numbers the
    address ranges."""
    egress_mbps: Annotated[int, Field(ge=1, le=1000)] = 200
    """Peak of the shared way out, Mbit/s; it limits how fast new nodes pull the image."""


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
    public_api: bool = True
    """Whether the API server has a public address; without one Pulumi must run inside the VPC. Fixed at creation."""
    deletion_protection: bool | None = None
    """Whether ACK refuses to delete the cluster; by default as `production` says."""
    idle_minutes: Annotated[int, Field(ge=1, le=240)] = 10
    """How long a GPU node may be idle before it is given back; a shorter time saves money, a longer one saves the
    minutes of a new node."""
    system_pool: SystemPool = SystemPool()
    """The always-on CPU nodes."""


class Spot(Section):
    """Spare capacity at the market's price."""

    price_limits: dict[InstanceType, Annotated[float, Field(gt=0)]] = {}
    """Highest price per hour in the account's currency, by instance type; empty: whatever the market asks."""
    on_demand_fallback: bool = True
    """Whether to buy at the full price where no spare capacity is left."""


class GpuPool(Section):
    """One autoscaled GPU node pool."""

    instance_types: Annotated[tuple[InstanceType, ...], Field(min_length=1, max_length=10)]
    """In the order of preference."""
    min_size: Annotated[int, Field(ge=0, le=1000)] = 0
    """Nodes that are always there; 0 costs nothing when idle."""
    max_size: Annotated[int, Field(ge=1, le=1000)]
    """Nodes at most: the upper bound of what GPUs can cost."""
    disk_category: DiskCategory | None = None
    """Category of the system disks; by default the fastest one that all instance types can have."""
    disk_gib: Annotated[int, Field(ge=40, le=2048)] = 200
    """Size of the system disks, GiB; they hold the image twice while it is unpacked."""
    driver_version: Annotated[str, matching(r"\d+\.\d+(\.\d+)?"), allowed("a version", "550.144.03")] | None = None
    """NVIDIA driver of new nodes; by default ACK's, which moves with time."""
    spot: Spot | None = None
    """Buy spare capacity; left out: on demand."""


class Knative(Section):
    """Cluster-wide settings of Knative."""

    domain: Domain = "example.com"
    """Services are reached at <service>.<namespace>.<domain>."""
    stable_window: Duration = "60s"
    """Over which the average concurrency is taken, 6s to 1h: how long idle pods stay before the last one may go."""
    scale_to_zero_grace_period: Duration = "30s"
    """How long the last pod stays after the decision to go to zero."""
    pod_retention_period: Duration = "0s"
    """How long the last pod stays at least after the last request."""
    progress_deadline: Duration = "20m"
    """How long a new revision may take to become ready: node, driver, image and model. Until then the pods of a
    broken revision hold their GPU nodes."""
    registries_skipping_tag_resolving: tuple[str, ...] = ("kind.local", "ko.local", "dev.local")
    """Registries whose images Knative takes by tag without asking for their digest."""


class Gateway(Section):
    """The ALB in front of all services."""

    address_type: Literal["Internet", "Intranet"] = "Internet"
    """Internet: a public address. Fixed once it is made."""
    edition: Literal["Basic", "Standard", "StandardWithWaf"] = "Standard"
    """Edition of the ALB instance."""
    request_timeout_seconds: Annotated[int, Field(ge=1, le=600)] = 600
    """After this the ALB answers 504; its own default of 60 is too short for a cold start. 600 is its highest."""
    idle_timeout_seconds: Annotated[int, Field(ge=1, le=600)] = 60
    """After this without traffic a connection is closed."""
