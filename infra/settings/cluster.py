"""Settings of the ACK cluster and its always-on CPU nodes."""

from typing import Annotated, Literal

from pydantic import Field

from infra.settings.pools import DiskCategory
from infra.settings.section import Section
from infra.settings.texts import Cidr, Duration, InstanceType, allowed, matching

ImageType = Literal[
    "AliyunLinux3", "AliyunLinux3ContainerOptimized", "AliyunLinux4", "AliyunLinux4ContainerOptimized", "Ubuntu"
]

Day = Literal["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]


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


class Logs(Section):
    """What the cluster writes to the log service, in a project that ACK makes (k8s-log-<cluster id>). The project
    outlives the cluster and is billed by volume."""

    control_plane: tuple[Literal["apiserver", "kcm", "scheduler", "ccm", "controlplane-events"], ...] = ()
    """Parts of the control plane whose logs are kept; needs an ack.pro cluster. The last one cannot be taken out
    again by this program: the provider sends no empty list."""
    audit: bool | None = None
    """Whether every call of the Kubernetes API is logged: who did what. Left out: as ACK has it."""
    retention_days: Annotated[int, Field(ge=1, le=3650)] = 30
    """How long the control plane's logs are kept, days. Audit logs have ACK's own retention."""


class Maintenance(Section):
    """When ACK may work on the control plane and on managed node pools. To switch it off later set enabled to false;
    without the section ACK keeps what it has."""

    start: Annotated[
        str,
        matching(r"([01]\d|2[0-3]):[0-5]\d(Z|[+-](0\d|1[0-4]):[0-5]\d)"),
        allowed("a time of day with its offset from UTC", "02:00+08:00"),
    ]
    """When it begins. Written to ACK as part of a date; that only the time of day counts is not verified."""
    hours: Annotated[int, Field(ge=1, le=24)] = 3
    """How long it lasts."""
    days: Annotated[tuple[Day, ...], Field(min_length=1, max_length=7)] = ("Thursday",)
    """On which days."""
    auto_upgrade: Literal["patch", "stable", "rapid"] | None = None
    """Lets ACK upgrade the cluster in the window: patch: fixes of the same minor version; stable, rapid: the next minor
    versions, later or sooner. `version` then counts at creation alone. Left out: upgrades are changes of `version`."""
    enabled: bool = True
    """Whether the window is in force."""


class SecretEncryption(Section):
    """Encrypts Kubernetes Secrets (logins, certificates) in the control plane's storage; needs an ack.pro cluster. To
    decrypt them again set enabled to false and keep the key until that is done; without the section ACK keeps what it
    has."""

    kms_key_id: Annotated[
        str, matching(r"key-[a-z0-9-]+|[0-9a-f-]{36}"), allowed("the id of a KMS key", "key-hzz62f1cb66fa42qo0001")
    ]
    """A key of the region. If it is deleted, all Secrets are lost and the cluster with them."""
    enabled: bool = True
    """Whether Secrets are encrypted."""


class Autoscaling(Section):
    """How the cluster orders nodes for waiting pods and gives idle ones back; see also idleMinutes."""

    scan_interval: Duration = "30s"
    """How often it looks. A waiting pod waits half of it on average before its node is even ordered."""
    expander: Literal["least-waste", "random"] = "least-waste"
    """Which GPU pool grows where several could: the one with the least left over, or any. The pools' priority goes
    before it."""
    utilization_threshold: Annotated[float, Field(gt=0, le=1)] = 0.5
    """Share of a node's cores and memory that pods ask for, below which it counts as idle."""
    gpu_utilization_threshold: Annotated[float, Field(gt=0, le=1)] = 0.5
    """The same for the GPUs of a GPU node. With one GPU per pod and node anything up to 1 means: no pod."""


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
    autoscaler: Autoscaling = Autoscaling()
    """How nodes are ordered and given back."""
    system_pool: SystemPool = SystemPool()
    """The always-on CPU nodes."""
    rrsa: bool = False
    """Whether pods may take on RAM roles through their service account (RRSA), instead of keys in Secrets. Once on it
    stays on: ACK refuses to switch it off."""
    logs: Logs = Logs()
    """Logs of the control plane and of the Kubernetes API."""
    maintenance: Maintenance | None = None
    """When ACK may work on the cluster; left out: at ACK's own times."""
    secret_encryption: SecretEncryption | None = None
    """Encryption of Kubernetes Secrets with a key of KMS."""
