"""KIngress → Envoy routes, by host and by who may reach them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from lab.gateway import envoy
from lab.gateway.backends import Backend
from lab.gateway.kinds import ALB
from lab.gateway.kingress import CLASS_ANNOTATION, Ingress, Path, Split, expanded_hosts, probe_hash

Json = dict[str, Any]
Key = tuple[str, str]

_HASH_HEADER = "K-Network-Hash"
# A request that never reached a pod may go to another; anything later must not, the image may be half painted.
_RETRY = {"retry_on": "connect-failure,refused-stream", "num_retries": 3}
_ANNOTATION = "serving.knative.dev.alibabacloud"
# Not known for certain; the default of the setting gateway.https.annotation.
_TLS_ANNOTATION = "knative.k8s.alibabacloud/tls"
# ALB's session stickiness: 1 to 86400 s, 1000 where nothing is said.
_COOKIE_SECONDS = range(1, 86401)
_DEFAULT_COOKIE_SECONDS = 1000


@dataclass(frozen=True)
class HostRoutes:
    """One KIngress: routes by host. `internal` holds every host, `external` those that the outside may ask for."""

    external: Mapping[str, list[Json]]
    internal: Mapping[str, list[Json]]
    backends: frozenset[Backend]


@dataclass
class RouteTables:
    """All KIngresses together; `refused` says why one is left out. secure: those of `external` that HTTPS is for."""

    external: dict[str, list[Json]] = field(default_factory=dict)
    secure: dict[str, list[Json]] = field(default_factory=dict)
    internal: dict[str, list[Json]] = field(default_factory=dict)
    backends: set[Backend] = field(default_factory=set)
    refused: dict[Key, str] = field(default_factory=dict)


def route_tables(ingresses: Iterable[Ingress]) -> RouteTables:
    """A KIngress that cannot be served, or wants a host that an older one has, is left out whole."""
    tables = RouteTables()
    owners: dict[str, Key] = {}
    for ingress in sorted(ingresses, key=lambda each: each.age_order):
        try:
            found = host_routes(ingress)
            _claim(found.internal, ingress.key, owners)
        except ValueError as error:
            tables.refused[ingress.key] = str(error)
            continue
        tables.external.update(found.external)
        if ingress.metadata.annotations.get(_TLS_ANNOTATION) == "true":
            tables.secure.update(found.external)
        tables.internal.update(found.internal)
        tables.backends.update(found.backends)
    return tables


def host_routes(ingress: Ingress) -> HostRoutes:
    """Without a timeout, which is the listener's.

    Raises ValueError for a path whose traffic goes nowhere or a cookie that ALB would refuse.
    """
    external: dict[str, list[Json]] = {}
    internal: dict[str, list[Json]] = {}
    backends: set[Backend] = set()
    for rule in ingress.spec.rules:
        routes: list[Json] = []
        for path in rule.http.paths:
            routes += _path_routes(ingress, path)
            backends.update(_backend(split) for split, _ in path.weights())
        routes.sort(key=_most_specific_first)
        for host in expanded_hosts(rule.hosts):
            internal.setdefault(host, routes)
            if rule.is_external:
                external.setdefault(host, routes)
    return HostRoutes(external, internal, frozenset(backends))


def _claim(hosts: Iterable[str], key: Key, owners: dict[str, Key]) -> None:
    """All hosts or none; raises ValueError naming the owner."""
    for host in hosts:
        if owners.get(host, key) != key:
            owner = "/".join(owners[host])
            raise ValueError(f"host {host} belongs to KIngress {owner}, which is older: give this one another host")
    owners.update(dict.fromkeys(hosts, key))


def _path_routes(ingress: Ingress, path: Path) -> list[Json]:
    """The path twice, as knative.dev/networking's InsertProbe: a probe gets the hash of the rule it went through."""
    matches = {name: match.exact for name, match in path.headers.items()}
    action = _action(path)
    stickiness = _stickiness(ingress.metadata.annotations)

    def route(extra_match: Mapping[str, str], extra_header: Mapping[str, str]) -> Json:
        return {
            "match": envoy.match(path.path or "/", {**matches, **extra_match}),
            "route": action,
            "request_headers_to_add": envoy.headers_to_set({**path.append_headers, **extra_header}),
            **stickiness,
        }

    return [
        route({_HASH_HEADER: "override"}, {_HASH_HEADER: probe_hash(ingress)}),
        route({}, {}),
    ]


def _action(path: Path) -> Json:
    clusters = [
        {
            "name": _backend(split).name,
            "weight": weight,
            "request_headers_to_add": envoy.headers_to_set(split.append_headers),
        }
        for split, weight in path.weights()
    ]
    if not clusters:
        raise ValueError(f"path {path.path or '/'}: its splits add up to 0 percent, so its traffic goes nowhere")
    action: Json = {
        "weighted_clusters": {"clusters": clusters},
        "retry_policy": _RETRY,
        "upgrade_configs": [{"upgrade_type": "websocket"}],
    }
    if path.rewrite_host:
        action["host_rewrite_literal"] = path.rewrite_host
    return action


def _backend(split: Split) -> Backend:
    return Backend(split.service_namespace, split.service_name, str(split.service_port))


def _stickiness(annotations: Mapping[str, str]) -> Json:
    """The guide's three annotations: the gateway sets a cookie that names the pod, as ALB's inserted cookie does.
    Kourier does not read them."""
    if annotations.get(CLASS_ANNOTATION) != ALB.ingress_class or annotations.get(f"{_ANNOTATION}/affinity") != "cookie":
        return {}
    key = f"{_ANNOTATION}/cookie-timeout"
    value = annotations.get(key, str(_DEFAULT_COOKIE_SECONDS))
    if not value.isdigit() or int(value) not in _COOKIE_SECONDS:
        raise ValueError(
            f"annotation {key} is {value!r}: seconds from {_COOKIE_SECONDS[0]} to {_COOKIE_SECONDS[-1]} are allowed"
        )
    return envoy.sticky_cookie(annotations.get(f"{_ANNOTATION}/cookie-name") or "SERVERID", int(value))


def _most_specific_first(route: Json) -> tuple[int, int]:
    return -len(route["match"]["prefix"]), -len(route["match"].get("headers", []))
