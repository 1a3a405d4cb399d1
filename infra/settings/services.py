"""Settings of one service."""

from typing import Annotated, Self

from pydantic import Field, SecretStr, model_validator

from infra.settings.affinity import Affinity
from infra.settings.model import Model
from infra.settings.probes import Liveness, Probe
from infra.settings.reserve import Reserve
from infra.settings.roles import Role, preset
from infra.settings.scaling import Scaling
from infra.settings.section import Section
from infra.settings.texts import (
    Cpu,
    Duration,
    EnvName,
    EnvValue,
    Image,
    Memory,
    Name,
    RevisionName,
    SecretKey,
    SecretName,
)
from infra.settings.virtual_nodes import Eci


class Requests(Section):
    """What a pod asks for; the autoscaler orders nodes by it."""

    cpu: Cpu = "2"
    """Cores."""
    memory: Memory = "8Gi"
    """Memory."""


class Limits(Section):
    """What a pod may use at most."""

    cpu: Cpu | None = None
    """Cores; left out: all that the node has."""
    memory: Memory | None = None
    """Memory; left out: all that the node has."""


class Resources(Section):
    """CPU, memory and GPUs of a pod."""

    requests: Requests = Requests()
    """What the pod asks for."""
    limits: Limits = Limits()
    """What the pod may use at most."""
    gpus: Annotated[int, Field(ge=1, le=8)] = 1
    """GPUs of a pod; Stable Diffusion does not start without one."""


class Login(Section):
    """One user for the page and the API."""

    user: Annotated[str, Field(pattern=r"^[^:,\s]+$", json_schema_extra={"allowed": "text without : , and spaces"})]
    """Name of the user."""
    password: Annotated[SecretStr, Field(min_length=8)]
    """Encrypted in the stack file: pulumi config set --secret --path 'services.<name>.login.password'."""


class SecretEnv(Section):
    """One value of a Secret. A new value reaches the pods of the next revision, not those that run."""

    secret: SecretName
    """Name of the Secret."""
    key: SecretKey
    """Its key."""


class Service(Section):
    """One Knative Service that runs Stable Diffusion."""

    role: Role | None = None
    """What the service is for, where one image serves people and programs. ui: the page for people, without the API:
    cookie affinity, the activator out of the path, pods that outlast a pause for thought (scaling.scaleDownDelay 5m,
    scaling.podRetentionPeriod 10m, both paid for). api: the API for programs: no affinity, any pod that is free, the
    activator out of the path (scaling.targetBurstCapacity 0), since then a killed container costs one or two requests
    instead of hundreds. What the service says itself counts more than its role. Left out: page and API together, as
    in the guide."""
    image: Image
    """By digest, so that what was tested is what runs. {region} in the registry's name stands for alicloud:region: a
    pull from another region is slow and billed. The digest is the same wherever the image was copied to."""
    pool: Name | None = None
    """GPU pool to run on; left out: any."""
    command: Annotated[tuple[str, ...], Field(min_length=1)] = ("python3", "launch.py")
    """Program and first arguments."""
    args: tuple[str, ...] = ("--listen", "--skip-torch-cuda-test", "--api")
    """Further arguments. Without --api the page alone answers; with it the page and the API."""
    port: Annotated[int, Field(ge=1, le=65535)] = 7860
    """Port that the web UI and the API listen on."""
    env: dict[EnvName, EnvValue] = {}
    """Environment variables of the container."""
    env_from: dict[EnvName, SecretEnv] = {}
    """Environment variables out of Secrets that are in the namespace already: their values are neither in the stack
    file nor in Pulumi's state."""
    container_concurrency: Annotated[int, Field(ge=1, le=1000)] = 1
    """Requests that a pod works on at once; the others wait. Stable Diffusion makes one image at a time."""
    timeout_seconds: Annotated[int, Field(ge=1, le=600)] = 600
    """How long a request may take, waiting included; Knative's highest is 600."""
    progress_deadline: Duration | None = None
    """How long a new revision may take to become ready, 2h at most: node, driver, image and model. `up` waits for it;
    left out: knative.progressDeadline."""
    probe: Probe = Probe()
    """When a pod takes requests."""
    liveness: Liveness | None = None
    """When a container is started again; left out: only when it ends by itself."""
    scaling: Scaling = Scaling()
    """How many pods run."""
    resources: Resources = Resources()
    """What a pod asks for."""
    affinity: Affinity | None = None
    """Cookie affinity; left out: any pod answers any request."""
    revision: RevisionName | None = None
    """Name of the revision that this file describes, for a canary; any change to the service's pods then needs a new
    name, or Knative refuses it. Left out: Knative names them, and the newest gets every request once it is ready."""
    traffic: dict[RevisionName, Annotated[int, Field(ge=0, le=100)]] = {}
    """Percent of the requests by revision; 100 in all. `latest` stands for whichever was made last; the revision of
    this file must be among them, at 0 if need be. Each has a host of its own,
    <revision>-<service>.<namespace>.<domain>. Left out: everything to the newest. See docs/services.md."""
    reserve: Reserve | None = None
    """A small pod for the time at zero; left out: none, and the first request waits for a full one."""
    model: Model | None = None
    """A volume with models; left out: they are in the image."""
    eci: Eci | None = None
    """Run on virtual nodes, alone or when the GPU pools are full; left out: on GPU nodes alone."""
    login: Login | None = None
    """Left out: everyone who reaches the gateway may make images."""

    @model_validator(mode="after")
    def _completed_by_its_role(self) -> Self:
        return self.model_copy(update=preset(self.role, self)) if self.role else self

    def image_in(self, region: str) -> str:
        """With the registry of that region, if it does not name one by itself."""
        return self.image.replace("{region}", region)
