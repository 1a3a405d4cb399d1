"""From the settings of one service to the component that runs it."""

from collections.abc import Mapping, Sequence

import pulumi
import pulumi_kubernetes as kubernetes

from components.gpu_node_pool import ANY_GPU_POOL, GPU_TOLERATION, GpuNodePool
from components.manifests.knative_service import CookieAffinity, KnativeServiceSpec, Resources, SecretEnv
from components.manifests.probes import Probe
from components.manifests.reserve import Reserve
from components.manifests.scaling import Scaling
from components.stable_diffusion_service import Login, StableDiffusionServiceArgs
from infra.domain import service_domain
from infra.load import Loaded
from infra.parts.gateway import annotations
from infra.parts.model import model_volume
from infra.parts.virtual_nodes import eci
from infra.settings import probes as settings_of
from infra.settings.services import Service
from infra.settings.texts import seconds

# Knative gives up first and says why; only then does `up`.
_AFTER_PROGRESS_DEADLINE_SECONDS = 300


def service_args(
    loaded: Loaded,
    name: str,
    namespace: pulumi.Output[str],
    pools: Mapping[str, GpuNodePool],
    provider: kubernetes.Provider,
    after: Sequence[pulumi.Resource],
) -> StableDiffusionServiceArgs:
    """What the service of that name needs, with its login encrypted all the way."""
    service, knative = loaded.settings.services[name], loaded.settings.knative
    login = service.login
    return StableDiffusionServiceArgs(
        spec=KnativeServiceSpec(
            name=name,
            namespace=namespace,
            image=service.image_in(loaded.region),
            command=service.command,
            args=service.args,
            port=service.port,
            env=_env(loaded, service),
            container_concurrency=service.container_concurrency,
            timeout_seconds=service.timeout_seconds,
            scaling=_scaling(service),
            progress_deadline_seconds=_own_deadline(service),
            readiness=_probe(service.probe),
            liveness=_probe(service.liveness) if service.liveness else None,
            resources=_resources(service),
            affinity=_affinity(name, service),
            node_selector=pools[service.pool].node_selector if service.pool else ANY_GPU_POOL,
            tolerations=pools[service.pool].tolerations if service.pool else [GPU_TOLERATION],
            model=model_volume(service.model, loaded.region),
            revision=service.revision,
            traffic=service.traffic,
            reserve=_reserve(service),
            eci_use_specs=_instance_types(loaded, service),
            eci=eci(loaded, service),
            annotations=annotations(loaded.settings.gateway),
        ),
        provider=provider,
        domain=service_domain(knative, loaded.settings.gateway),
        scheme="https" if loaded.settings.gateway.https else "http",
        ready_seconds=seconds(service.progress_deadline or knative.progress_deadline)
        + _AFTER_PROGRESS_DEADLINE_SECONDS,
        login=Login(login.user, login.password.get_secret_value()) if login else None,
        after=after,
    )


def _env(loaded: Loaded, service: Service) -> Mapping[str, pulumi.Input[str] | SecretEnv]:
    """Which value below an encrypted key was encrypted Pulumi does not tell: then all of them stay secret."""
    values: Mapping[str, pulumi.Input[str]] = service.env
    if "services" in loaded.secret:
        values = {name: pulumi.Output.secret(value) for name, value in service.env.items()}
    return {**values, **{name: SecretEnv(one.secret, one.key) for name, one in service.env_from.items()}}


def _own_deadline(service: Service) -> int | None:
    return seconds(service.progress_deadline) if service.progress_deadline else None


def _probe(settings: settings_of.Probe | settings_of.Liveness) -> Probe:
    """A second is Kubernetes' own timeout, and as little as that goes without saying."""
    return Probe(
        path=settings.path,
        initial_delay_seconds=settings.initial_delay_seconds,
        period_seconds=settings.period_seconds,
        failure_threshold=settings.failure_threshold,
        timeout_seconds=settings.timeout_seconds if settings.timeout_seconds > 1 else None,
    )


def _scaling(service: Service) -> Scaling:
    scaling = service.scaling
    burst_capacity = scaling.target_burst_capacity
    if burst_capacity is None and service.affinity:
        # With the activator in the path a cookie pins an activator, which sends each request to any pod.
        burst_capacity = 0
    return Scaling(
        min_scale=scaling.min_scale,
        max_scale=scaling.max_scale,
        initial_scale=scaling.initial_scale,
        activation_scale=scaling.activation_scale,
        target_utilization_percentage=scaling.target_utilization_percentage,
        target_burst_capacity=burst_capacity,
        window=scaling.window,
        scale_down_delay=scaling.scale_down_delay,
        pod_retention_period=scaling.pod_retention_period,
        panic_window_percentage=scaling.panic_window_percentage,
        panic_threshold_percentage=scaling.panic_threshold_percentage,
    )


def _resources(service: Service) -> Resources:
    requests, limits = service.resources.requests, service.resources.limits
    limited = {"cpu": limits.cpu, "memory": limits.memory}
    return Resources(
        requests={"cpu": requests.cpu, "memory": requests.memory},
        limits={what: amount for what, amount in limited.items() if amount is not None},
        gpus=service.resources.gpus,
    )


def _affinity(name: str, service: Service) -> CookieAffinity | None:
    affinity = service.affinity
    return CookieAffinity(affinity.cookie_name or f"sd-{name}", affinity.timeout_seconds) if affinity else None


def _reserve(service: Service) -> Reserve | None:
    reserve = service.reserve
    return Reserve(reserve.type, reserve.replicas, reserve.eci_specs or ()) if reserve else None


def _instance_types(loaded: Loaded, service: Service) -> Sequence[str]:
    """The guide names them for pods on virtual nodes: the same types there as in the node pools."""
    pools = loaded.settings.gpu_pools
    chosen = [pools[service.pool]] if service.pool else pools.values()
    return list(dict.fromkeys(one for pool in chosen for one in pool.instance_types))
