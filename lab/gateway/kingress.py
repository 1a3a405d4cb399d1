"""Knative's Ingress (KIngress) as knative.dev/networking defines it: fields, hosts, weights, probe hash."""

import hashlib
from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

CLASS_ANNOTATION = "networking.knative.dev/ingress.class"
CLUSTER_DOMAIN = "cluster.local"

Headers = Annotated[Mapping[str, str], AfterValidator(lambda headers: dict(sorted(headers.items())))]


class _Part(BaseModel):
    """Field order is Go's: the probe hash is taken over the JSON that Go would write."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, frozen=True)


class Split(_Part):
    """A share of a path's traffic; percent is omitted in JSON where it is 0."""

    service_namespace: str
    service_name: str
    service_port: int | str
    percent: int = 0
    append_headers: Headers = {}


class HeaderMatch(_Part):
    exact: str


class Path(_Part):
    path: str = ""
    rewrite_host: str = ""
    headers: Mapping[str, HeaderMatch] = {}
    splits: tuple[Split, ...]
    append_headers: Headers = {}

    def weights(self) -> Iterator[tuple[Split, int]]:
        """Splits that get traffic. One that is alone gets all of it; of several, no percent means none."""
        for split in self.splits:
            weight = 100 if len(self.splits) == 1 and split.percent == 0 else split.percent
            if weight:
                yield split, weight


class Paths(_Part):
    paths: tuple[Path, ...]


class Rule(_Part):
    hosts: tuple[str, ...] = ()
    visibility: str = ""
    http: Paths

    @property
    def is_external(self) -> bool:
        return self.visibility in ("", "ExternalIP")


class Tls(_Part):
    hosts: tuple[str, ...] = ()
    secret_name: str = ""
    secret_namespace: str = ""


class Spec(_Part):
    tls: tuple[Tls, ...] = ()
    rules: tuple[Rule, ...] = ()
    http_option: str = ""


class Metadata(_Part):
    namespace: str
    name: str
    uid: str = ""
    generation: int = 1
    resource_version: str = ""
    creation_timestamp: str = ""
    deletion_timestamp: str = ""
    annotations: Mapping[str, str] = {}


class Ingress(_Part):
    metadata: Metadata
    spec: Spec = Spec()
    status: Mapping[str, Any] = {}

    @property
    def key(self) -> tuple[str, str]:
        return self.metadata.namespace, self.metadata.name

    @property
    def age_order(self) -> tuple[str, str, str]:
        """Oldest first: who came first keeps a host that two claim."""
        return (self.metadata.creation_timestamp, *self.key)


def is_ours(manifest: Mapping[str, Any], ingress_class: str) -> bool:
    """Of that class and not on its way out."""
    metadata = manifest["metadata"]
    annotations = metadata.get("annotations") or {}
    return annotations.get(CLASS_ANNOTATION) == ingress_class and not metadata.get("deletionTimestamp")


def probe_hash(ingress: Ingress) -> str:
    """What knative.dev/networking's ComputeHash gives; a prober compares it with the K-Network-Hash it gets back."""
    spec = ingress.spec.model_dump_json(by_alias=True, exclude_defaults=True)
    for char in "<>&\u2028\u2029":  # encoding/json escapes these
        spec = spec.replace(char, f"\\u{ord(char):04x}")
    return hashlib.sha256("".join((spec, *ingress.key)).encode()).hexdigest()


def expanded_hosts(hosts: tuple[str, ...]) -> list[str]:
    """The hosts and their short forms inside the cluster, as knative.dev/networking's ExpandedHosts."""
    suffixes = ("", f".{CLUSTER_DOMAIN}", f".svc.{CLUSTER_DOMAIN}")
    shortened = (host.removesuffix(suffix) for host in hosts for suffix in suffixes if host.endswith(suffix))
    return list(dict.fromkeys(host for host in shortened if _is_valid_top_level_domain(host.rsplit(".", 1)[-1])))


def _is_valid_top_level_domain(label: str) -> bool:
    return len(label) <= 63 and any(char == "-" or char > "9" for char in label)
