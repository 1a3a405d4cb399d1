"""From what the cluster holds to what Envoy serves, and what to say about each KIngress."""

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from pydantic import ValidationError

from lab.gateway import envoy
from lab.gateway.backends import Backend
from lab.gateway.balancer import NO_KOURIER, Balancer, BalancerNotReadyError, balancer
from lab.gateway.dataplane import RejectedError
from lab.gateway.kinds import KOURIER, Kind
from lab.gateway.kingress import Ingress, is_ours
from lab.gateway.routes import Key, route_tables
from lab.gateway.snapshot import Builder, Snapshot
from lab.gateway.status import Verdict

Manifest = Mapping[str, Any]

_CHOOSE_KOURIER = (
    "config-network asks for Kourier, which is not in the cluster: choose it for Knative in the console; in the lab "
    "that is `python -m lab cloud addon kourier`"
)


@dataclass(frozen=True)
class Observed:
    """Manifests as the API server returns them; config_network is that ConfigMap's data."""

    ingresses: Iterable[Manifest] = ()
    services: Iterable[Manifest] = ()
    slices: Iterable[Manifest] = ()
    albconfigs: Iterable[Manifest] = ()
    config_network: Mapping[str, str] | None = None


class Publisher(Protocol):
    def publish(self, snapshot: Snapshot) -> None: ...
    def refusal(self, configuration: dict[str, Any]) -> str | None: ...


@dataclass(frozen=True)
class Result:
    """What became of each KIngress that is ours; dns_name is the ALB's."""

    verdicts: Mapping[Key, Verdict]
    dns_name: str
    kind: Kind


class Reconciler:
    """One KIngress that Envoy refuses does not hold back the others: it is found, left out and told why."""

    def __init__(self, publisher: Publisher, builder: Builder, clock: Callable[[], float] = time.monotonic):
        self._publisher = publisher
        self._builder = builder
        self._clock = clock
        self._last_used: dict[Backend, float] = {}
        # By the version of a KIngress's own configuration: what Envoy has against it.
        self._refusals: dict[str, str] = {}

    def reconcile(self, observed: Observed) -> Result:
        alb, verdict = _balancer(observed)
        ingresses, unreadable = _parse(observed.ingresses, alb.kind)
        try:
            refused = self._publish(ingresses, observed, alb)
        except RejectedError:
            self._find_refusals(ingresses)
            try:
                refused = self._publish(ingresses, observed, alb)
            except RejectedError as error:
                refused, verdict = {}, Verdict("Unknown", "EnvoyNotUpdated", str(error))
        verdicts = dict.fromkeys((each.key for each in ingresses), verdict)
        verdicts |= {key: Verdict("False", "Refused", why) for key, why in {**unreadable, **refused}.items()}
        return Result(verdicts, alb.dns_name, alb.kind)

    def _publish(self, ingresses: list[Ingress], observed: Observed, alb: Balancer) -> dict[Key, str]:
        """All but those that are known to be refused; returns why each of the others was left out."""
        refused = {each.key: why for each in ingresses if (why := self._refusals.get(envoy.version(self._alone(each))))}
        tables = route_tables(each for each in ingresses if each.key not in refused)
        backends = self._backends(tables.backends, alb.longest_seconds)
        self._publisher.publish(self._builder.build(tables, backends, observed.services, observed.slices, alb))
        return refused | tables.refused

    def _find_refusals(self, ingresses: list[Ingress]) -> None:
        for alone in map(self._alone, ingresses):
            why = self._publisher.refusal(alone)
            if why is not None:
                self._refusals[envoy.version(alone)] = why

    def _alone(self, ingress: Ingress) -> dict[str, Any]:
        return self._builder.check_alone(route_tables([ingress]))

    def _backends(self, used: Iterable[Backend], linger_seconds: float) -> set[Backend]:
        """Those in use, and those that requests may still be running on: removing a cluster cuts them off."""
        now = self._clock()
        self._last_used.update(dict.fromkeys(used, now))
        self._last_used = {each: at for each, at in self._last_used.items() if now - at <= linger_seconds}
        return set(self._last_used)


def _balancer(observed: Observed) -> tuple[Balancer, Verdict]:
    try:
        found = balancer(observed.config_network or {}, observed.albconfigs)
    except BalancerNotReadyError as error:
        return Balancer(), Verdict("Unknown", "AlbConfigNotReady", str(error))
    if found.kind is KOURIER and not _kourier_is_there(observed.services):
        return NO_KOURIER, Verdict("Unknown", "KourierNotThere", _CHOOSE_KOURIER)
    return found, Verdict("True")


def _kourier_is_there(services: Iterable[Manifest]) -> bool:
    names = {(one["metadata"]["namespace"], one["metadata"]["name"]) for one in services}
    return all((entrance.namespace, entrance.name) in names for entrance in KOURIER.entrances)


def _parse(manifests: Iterable[Manifest], kind: Kind) -> tuple[list[Ingress], dict[Key, str]]:
    ingresses: list[Ingress] = []
    unreadable: dict[Key, str] = {}
    for manifest in manifests:
        if not is_ours(manifest, kind.ingress_class):
            continue
        try:
            ingresses.append(Ingress.model_validate(manifest))
        except ValidationError as error:
            unreadable[manifest["metadata"]["namespace"], manifest["metadata"]["name"]] = str(error)
    return ingresses, unreadable
