"""Settings of one service."""

from typing import Annotated

from pydantic import Field, SecretStr

from infra.settings.section import Section
from infra.settings.texts import CookieName, Cpu, EnvName, EnvValue, Image, Memory, Name
from infra.settings.virtual_nodes import Eci


class Scaling(Section):
    """How many pods run."""

    min_scale: Annotated[int, Field(ge=0, le=1000)] = 0
    """Pods that are always there; 0 costs nothing when idle, and the first request then waits for a node."""
    max_scale: Annotated[int, Field(ge=1, le=1000)] = 10
    """Pods at most: prevents unbounded GPU spend."""
    initial_scale: Annotated[int, Field(ge=0, le=1000)] = 1
    """Pods that a new revision must bring up to count as ready. 0 buys no GPU node at a deployment, and shows a bad
    image only at the first request."""
    activation_scale: Annotated[int, Field(ge=2, le=1000)] | None = None
    """Pods to start at once when leaving zero."""
    target_utilization_percentage: Annotated[int, Field(ge=1, le=100)] = 100
    """Of containerConcurrency; at 100 a pod is added only when the others are fully used."""
    target_burst_capacity: Annotated[int, Field(ge=-1, le=10000)] | None = None
    """Whether Knative's activator stands between gateway and pods. 0: only until a pod runs, so that a cookie finds its
    pod and a killed container costs one or two requests instead of hundreds. -1: always, so that a request goes to a
    pod that is free, and five at once bring up five pods and not now and then a sixth. Left out: 0 with affinity,
    which needs it; else Knative's own 211, which for Stable Diffusion comes to -1."""


class Affinity(Section):
    """Sends a browser to the pod that served it before."""

    cookie_name: CookieName
    """Name of the cookie that the gateway sets."""
    timeout_seconds: Annotated[int, Field(ge=1, le=86400)]
    """Lifetime of the cookie."""


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


class Service(Section):
    """One Knative Service that runs Stable Diffusion."""

    image: Image
    """By digest, so that what was tested is what runs."""
    pool: Name | None = None
    """GPU pool to run on; left out: any."""
    command: Annotated[tuple[str, ...], Field(min_length=1)] = ("python3", "launch.py")
    """Program and first arguments."""
    args: tuple[str, ...] = ("--listen", "--skip-torch-cuda-test", "--api")
    """Further arguments."""
    port: Annotated[int, Field(ge=1, le=65535)] = 7860
    """Port that the web UI and the API listen on."""
    env: dict[EnvName, EnvValue] = {}
    """Environment variables of the container."""
    container_concurrency: Annotated[int, Field(ge=1, le=1000)] = 1
    """Requests that a pod works on at once; the others wait. Stable Diffusion makes one image at a time."""
    timeout_seconds: Annotated[int, Field(ge=1, le=600)] = 600
    """How long a request may take, waiting included; Knative's highest is 600."""
    scaling: Scaling = Scaling()
    """How many pods run."""
    resources: Resources = Resources()
    """What a pod asks for."""
    affinity: Affinity | None = None
    """Cookie affinity; left out: any pod answers any request."""
    eci: Eci | None = None
    """Run on virtual nodes, alone or when the GPU pools are full; left out: on GPU nodes alone."""
    login: Login | None = None
    """Left out: everyone who reaches the gateway may make images."""
