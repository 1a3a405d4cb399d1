"""Services on virtual nodes against the cluster, the pools and the catalogue of instance types."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from infra.catalogue import Catalogue
from infra.checks.pools import known_types
from infra.checks.services import fits
from infra.checks.subject import Subject
from infra.settings.pools import GpuPool
from infra.settings.problem import Problem, did_you_mean
from infra.settings.services import Service
from infra.settings.virtual_nodes import Eci

_MAX_SPECS = 5


def specs(service: Service, pools: Mapping[str, GpuPool], catalogue: Catalogue) -> Sequence[str]:
    """The instance types asked for, or those of the service's pools that it fits."""
    if service.eci and service.eci.specs:
        return service.eci.specs
    chosen = [pool for name, pool in pools.items() if service.pool in (None, name)]
    types = {name: facts for pool in chosen for name, facts in known_types(pool, catalogue).items()}
    # An instance belongs to its pod alone: nothing of it goes to a kubelet.
    return [name for name, facts in types.items() if fits(service, facts, share=1)][:_MAX_SPECS]


def switched_on(subject: Subject) -> Iterator[Problem]:
    """Without the addon the label sends a pod nowhere: it stays pending for ever."""
    nodes = subject.draft.virtual_nodes
    for name, _, _ in _on_eci(subject) if nodes and not nodes.enabled else ():
        mend = "add virtualNodes: {enabled: true}, or remove eci"
        yield Problem(subject.at("services", name, "eci"), "no virtual nodes", "virtualNodes.enabled: true", mend)


def zones(subject: Subject) -> Iterator[Problem]:
    """Instances get their addresses from the network's vSwitches."""
    nodes, network = subject.draft.virtual_nodes, subject.draft.network
    if nodes is None or nodes.zones is None or network is None:
        return
    for place, zone in enumerate(nodes.zones):
        path = subject.at("virtualNodes", "zones", place)
        if zone not in network.zones:
            mend = did_you_mean(zone, network.zones, "take one of these, or add it to network.zones")
            yield Problem(path, f'"{zone}"', f"a zone of network.zones: {', '.join(network.zones)}", mend)
        elif zone in nodes.zones[:place]:
            yield Problem(path, f'"{zone}" a second time', "each zone once", "name another zone")


def burst(subject: Subject) -> Iterator[Problem]:
    """Nodes first is ACK Pro's scheduler's work, and by kind of node alone."""
    cluster, pools = subject.draft.cluster, subject.draft.gpu_pools
    for name, service, eci in _on_eci(subject):
        path = subject.at("services", name, "eci", "placement")
        if eci.placement != "burst":
            continue
        if cluster and not cluster.spec.startswith("ack.pro."):
            allowed = f"only, as cluster.spec is {cluster.spec}; burst needs an ack.pro one"
            yield Problem(path, '"burst"', allowed, "take only, or cluster.spec: ack.pro.small")
        if service.pool and len(pools) > 1:
            allowed = "burst over all GPU pools: a pod that may also go to a virtual node cannot name a pool"
            yield Problem(path, f'"burst" with pool {service.pool}', allowed, "leave pool out, or take only")


def waiting(subject: Subject) -> Iterator[Problem]:
    """A pod that never goes to a node has none to wait for."""
    for name, _, eci in _on_eci(subject):
        if eci.wait_for_nodes and eci.placement != "burst":
            path = subject.at("services", name, "eci", "waitForNodes")
            yield Problem(path, f'"{eci.wait_for_nodes}"', "nothing with placement only", "remove it, or take burst")


def known_specs(subject: Subject) -> Iterator[Problem]:
    """ECI refuses a list with a type that has no GPU, and a pod that is larger than its instance."""
    known = subject.catalogue.gpu_types
    for name, service, eci in _on_eci(subject):
        for place, spec in enumerate(eci.specs or ()):
            path = subject.at("services", name, "eci", "specs", place)
            found = subject.wording.shown("services", spec)
            if spec not in known:
                mend = did_you_mean(spec, known, "take one of these, or describe it under catalogue.gpuTypes")
                yield Problem(path, found, f"a GPU type of the catalogue: {', '.join(known)}", mend)
            elif not fits(service, known[spec], share=1):
                facts = known[spec]
                allowed = (
                    f"a type that holds a pod; this one has {facts.vcpus} cores, {facts.memory} GiB, {facts.gpus} GPU"
                )
                yield Problem(path, found, allowed, "take a larger type, or ask for less under resources")


def _on_eci(subject: Subject) -> Iterator[tuple[str, Service, Eci]]:
    for name, service in subject.draft.services.items():
        if service.eci:
            yield name, service, service.eci


CHECKS: tuple[Callable[[Subject], Iterator[Problem]], ...] = (switched_on, zones, burst, waiting, known_specs)
