"""Services against the gateway, Knative and the pools that they run on."""

from collections.abc import Callable, Iterator, Mapping

from components.stable_diffusion_service import LOGIN_ENV
from infra.catalogue import GpuType
from infra.checks.pools import known_types
from infra.checks.subject import Subject
from infra.settings.problem import Problem, did_you_mean
from infra.settings.services import Service
from infra.settings.texts import cpus, gibibytes

# Knative's webhook refuses them.
_KNATIVES_VARIABLES = dict.fromkeys(("PORT", "K_SERVICE", "K_CONFIGURATION", "K_REVISION"), "Knative")


def image_by_digest(subject: Subject) -> Iterator[Problem]:
    """A tag may be another image tomorrow; only registries that Knative does not ask may go without a digest."""
    if subject.draft.knative is None:
        return
    exempt = subject.draft.knative.registries_skipping_tag_resolving
    for name, service in subject.draft.services.items():
        registry = service.image_in(subject.region or "").split("/")[0]
        if "@sha256:" not in service.image and registry not in exempt:
            yield Problem(
                subject.at("services", name, "image"),
                subject.wording.shown("services", service.image),
                "<registry>/<repository>@sha256:<digest>, or an image of " + (", ".join(exempt) or "no registry"),
                "add the digest that the registry shows for this tag",
            )


def variables(subject: Subject) -> Iterator[Problem]:
    """One value for each, and none in the place of what Knative or this program puts there."""
    for name, service in subject.draft.services.items():
        reserved = {**_KNATIVES_VARIABLES, **({LOGIN_ENV: "the login"} if service.login else {})}
        for variable in (*service.env, *service.env_from):
            key = "envFrom" if variable in service.env_from else "env"
            if variable in reserved:
                path, owner = subject.at("services", name, key, variable), reserved[variable]
                yield Problem(
                    path, "a variable that is set already", f"any but {variable}, which {owner} sets", "rename it"
                )
        for variable in service.env.keys() & service.env_from.keys():
            path = subject.at("services", name, "envFrom", variable)
            yield Problem(path, "a second value: env has it too", "each variable once", "remove one of the two")


def pool_is_there(subject: Subject) -> Iterator[Problem]:
    """A service runs on a pool of this stack."""
    pools = subject.draft.gpu_pools
    for name, service in subject.draft.services.items():
        if service.pool and service.pool not in pools and "gpuPools" not in subject.draft.broken:
            mend = did_you_mean(service.pool, pools, "take one of these, or leave it out to run on any")
            found = subject.wording.shown("services", service.pool)
            yield Problem(subject.at("services", name, "pool"), found, f"a GPU pool: {', '.join(pools)}", mend)


def timeouts(subject: Subject) -> Iterator[Problem]:
    """The gateway must wait as long as Knative does, else it answers 504 to a request that is still served."""
    gateway = subject.draft.gateway
    if gateway is None:
        return
    for name, service in subject.draft.services.items():
        if service.timeout_seconds > gateway.request_timeout_seconds:
            yield Problem(
                subject.at("services", name, "timeoutSeconds"),
                str(service.timeout_seconds),
                f"at most gateway.requestTimeoutSeconds ({gateway.request_timeout_seconds})",
                "lower it or raise the gateway's, 600 at most",
            )


def requests_within_limits(subject: Subject) -> Iterator[Problem]:
    """Kubernetes refuses a pod that asks for more than it may use."""
    for name, service in subject.draft.services.items():
        requests, limits = service.resources.requests, service.resources.limits
        amounts: dict[str, tuple[str, str | None, Callable[[str], float]]] = {
            "cpu": (requests.cpu, limits.cpu, cpus),
            "memory": (requests.memory, limits.memory, gibibytes),
        }
        for what, (request, limit, amount) in amounts.items():
            if limit is not None and amount(request) > amount(limit):
                path = subject.at("services", name, "resources", "requests", what)
                found = subject.wording.shown("services", request)
                yield Problem(path, found, f"at most resources.limits.{what}", "lower it or raise the limit")


def fits_a_node(subject: Subject) -> Iterator[Problem]:
    """A pod that no node of its pools can hold stays pending for ever, without an error."""
    if "gpuPools" in subject.draft.broken:
        return
    for name, service in subject.draft.services.items():
        types = types_for(service, subject)
        # An elastic container instance belongs to its pod alone; a tenth of a node goes to the system.
        share = 1 if service.eci and service.eci.placement == "only" else 0.9
        if types and not any(fits(service, facts, share) for facts in types.values()):
            sizes = "; ".join(f"{one}: {f.vcpus} cores, {f.memory} GiB, {f.gpus} GPU" for one, f in types.items())
            asked = service.resources
            yield Problem(
                subject.at("services", name, "resources"),
                f"{asked.requests.cpu} cores, {asked.requests.memory}, {asked.gpus} GPU",
                f"less than one node has, by about a tenth for the system, or all that an ECI instance has. {sizes}",
                "ask for less, or give the pool a larger instance type",
            )


def passwords_encrypted(subject: Subject) -> Iterator[Problem]:
    """A password in clear text ends up in version control."""
    for name, service in subject.draft.services.items():
        if service.login and "services" not in subject.wording.secret:
            path = subject.at("services", name, "login", "password")
            command = f"pulumi config set --secret --path 'services.{name}.login.password'"
            yield Problem(path, "clear text", "an encrypted value", command)


def types_for(service: Service, subject: Subject) -> Mapping[str, GpuType]:
    """The catalogued instance types of the pools that a service may run on; none with specs for virtual nodes alone."""
    if service.eci and service.eci.placement == "only" and service.eci.specs:
        return {}
    pools = subject.draft.gpu_pools
    chosen = list(pools.values()) if service.pool is None else [pools[service.pool]] if service.pool in pools else []
    return {name: facts for pool in chosen for name, facts in known_types(pool, subject.catalogue).items()}


def fits(service: Service, facts: GpuType, share: float) -> bool:
    """Whether one pod fits into that share of an empty node."""
    requests = service.resources.requests
    return (
        cpus(requests.cpu) <= facts.vcpus * share
        and gibibytes(requests.memory) <= facts.memory * share
        and service.resources.gpus <= facts.gpus
    )


CHECKS: tuple[Callable[[Subject], Iterator[Problem]], ...] = (
    image_by_digest,
    variables,
    pool_is_there,
    timeouts,
    requests_within_limits,
    fits_a_node,
    passwords_encrypted,
)
