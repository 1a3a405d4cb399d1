"""What is allowed but probably not meant: warnings of a preview, none of which stops it."""

from collections.abc import Iterator

from infra.catalogue import is_guess
from infra.checks.pools import has_room_for_pods, known_types
from infra.checks.services import fits, types_for
from infra.checks.subject import Subject
from infra.guesses import guesses
from infra.settings.problem import dotted
from infra.settings.services import Service

# Above this share of a node the autoscaler may count system pods against it and never find the node fitting.
_COMFORTABLE_SHARE = 0.7


def advice(subject: Subject) -> Iterator[str]:
    """One sentence each, with the key that it is about."""
    yield from _off_sale(subject)
    yield from _tight(subject)
    yield from _more_pods_than_gpus(subject)
    yield from _cgroup_v1(subject)
    yield from _image_from_afar(subject)
    yield from _cookies_without_an_alb(subject)
    yield from guesses(subject)


def _off_sale(subject: Subject) -> Iterator[str]:
    for name, pool in subject.draft.gpu_pools.items():
        gone = [one for one, facts in known_types(pool, subject.catalogue).items() if not facts.on_sale]
        if gone:
            where = dotted(subject.at("gpuPools", name, "instanceTypes"))
            yield f"{where}: {', '.join(gone)} can no longer be ordered by new customers; on sale: {_on_sale(subject)}"


def _on_sale(subject: Subject) -> str:
    network = subject.draft.cluster.pod_network if subject.draft.cluster else ""
    types = subject.catalogue.gpu_types.items()
    return ", ".join(
        one for one, facts in types if facts.on_sale and not is_guess(facts) and has_room_for_pods(facts, network)
    )


def _tight(subject: Subject) -> Iterator[str]:
    for name, service in _on_nodes(subject):
        tight = [
            one for one, facts in types_for(service, subject).items() if not fits(service, facts, _COMFORTABLE_SHARE)
        ]
        if tight:
            where = dotted(subject.at("services", name, "resources", "requests"))
            share = f"{_COMFORTABLE_SHARE:.0%}"
            yield f"{where}: more than {share} of {', '.join(tight)}; the autoscaler may never order such a node for it"


def _more_pods_than_gpus(subject: Subject) -> Iterator[str]:
    """A type's GPUs are taken at their fewest, as the autoscaler may order any type of the pool."""
    pools = subject.draft.gpu_pools
    gpus = {
        name: pool.max_size * min((facts.gpus for facts in known_types(pool, subject.catalogue).values()), default=1)
        for name, pool in pools.items()
    }
    for name, service in _on_nodes(subject):
        room = gpus.get(service.pool, 0) if service.pool else sum(gpus.values())
        wanted = service.scaling.max_scale * service.resources.gpus
        if wanted > room:
            where = dotted(subject.at("services", name, "scaling", "maxScale"))
            yield f"{where}: asks for {wanted} GPUs at most, its pools have {room}; the other pods will stay pending"


def _on_nodes(subject: Subject) -> Iterator[tuple[str, Service]]:
    """What does not fit a node goes to a virtual node where a service may run there."""
    return ((name, service) for name, service in subject.draft.services.items() if service.eci is None)


def _cgroup_v1(subject: Subject) -> Iterator[str]:
    cluster = subject.draft.cluster
    if cluster and cluster.image_type.startswith("AliyunLinux3") and int(cluster.version.split(".")[1]) >= 35:
        where = dotted(subject.at("cluster", "imageType"))
        yield f"{where}: Kubernetes {cluster.version} does not start on cgroup v1, {cluster.image_type}'s default"


def _image_from_afar(subject: Subject) -> Iterator[str]:
    """Container Registry has its region in the name of the host."""
    afar: dict[str, list[str]] = {}
    for name, service in subject.draft.services.items():
        host = service.image.split("/")[0]
        regions = set(host.split(".")) & subject.catalogue.regions.keys() if host.endswith(".aliyuncs.com") else set()
        for region in regions - {subject.region}:
            afar.setdefault(region, []).append(name)
    for region, names in afar.items():
        where = dotted(subject.at("services"))
        yield (
            f"{where}: the image of {', '.join(sorted(names))} is in {region}, and every new node pulls it from there; "
            f"copy it to a registry of {subject.region}"
        )


def _cookies_without_an_alb(subject: Subject) -> Iterator[str]:
    gateway = subject.draft.gateway
    for name, service in subject.draft.services.items():
        if gateway and gateway.kind == "kourier" and service.affinity:
            where = dotted(subject.at("services", name, "affinity"))
            yield f"{where}: the ALB alone sets the cookie; Kourier sends each request to any pod"
