"""Knative Serving's own manifests, as an addon manager would apply them: the modules' files with the lab's images.

All that differs from upstream is in this module: images, the domain that ACK ships, no autoscaling of Knative itself.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from lab.images.catalogue import KNATIVE_PROGRAMS, reference

Manifest = dict[str, Any]

NAMESPACE = "knative-serving"
# These files are links in the serving module. Module archives have no links, so they come from where the links lead.
LINKED = {
    "networking": ("certificate", "config-network", "domain-claim", "ingress", "serverlessservice"),
    "caching": ("image",),
}
# Without a metrics server an autoscaler of Knative's own deployments only logs errors.
LEFT_OUT = ("HorizontalPodAutoscaler",)
# ACK ships this domain; upstream's is svc.cluster.local, with which no service is reachable from outside.
SHIPPED: Mapping[str, Mapping[str, str]] = {"config-domain": {"example.com": ""}}
# Upstream asks every five or ten seconds, which is most of the time that an installation takes.
READINESS_PERIOD_SECONDS = 1


@dataclass(frozen=True)
class Groups:
    """In the order in which they must be applied.

    definitions: and namespaces, without which nothing else can be. core: everything that runs. webhooks: they refuse
    everything until the core is available. caches: need the definition of Image and pass the webhooks.
    """

    definitions: list[Manifest] = field(default_factory=list)
    core: list[Manifest] = field(default_factory=list)
    webhooks: list[Manifest] = field(default_factory=list)
    caches: list[Manifest] = field(default_factory=list)


def load(config: Path) -> Groups:
    """Read the manifests below config/{serving,networking,caching}."""
    groups = Groups()
    for manifest in _documents(_files(config)):
        if manifest["kind"] not in LEFT_OUT:
            _group(groups, manifest["kind"]).append(as_shipped(manifest))
    if not groups.definitions or not groups.core:
        raise RuntimeError(
            f"no Knative manifests below {config}: `make clean-cache`, then `make setup` fetches them again"
        )
    return groups


def as_shipped(manifest: Manifest) -> Manifest:
    """A manifest with the lab's images and what ACK ships instead of upstream's defaults."""
    images = {f"ko://knative.dev/serving/cmd/{name}": reference(name) for name in KNATIVE_PROGRAMS}
    changed: Manifest = _replace(manifest, images)
    shipped = SHIPPED.get(manifest["metadata"]["name"])
    if manifest["kind"] == "ConfigMap" and shipped:
        changed["data"] = {**changed.get("data", {}), **shipped}
    if manifest["kind"] == "Deployment":
        for container in changed["spec"]["template"]["spec"]["containers"]:
            if probe := container.get("readinessProbe"):
                probe["periodSeconds"] = READINESS_PERIOD_SECONDS
    return changed


def _group(groups: Groups, kind: str) -> list[Manifest]:
    if kind in ("CustomResourceDefinition", "Namespace"):
        return groups.definitions
    if kind.endswith("WebhookConfiguration"):
        return groups.webhooks
    return groups.caches if kind == "Image" else groups.core


def _files(config: Path) -> Iterator[Path]:
    yield from sorted(f for f in (config / "serving" / "core").rglob("*.yaml") if not f.is_symlink())
    for module, names in LINKED.items():
        yield from (config / module / f"{name}.yaml" for name in names)


def _documents(files: Iterable[Path]) -> Iterator[Manifest]:
    for file in files:
        yield from (document for document in yaml.safe_load_all(file.read_text()) if document)


def _replace(value: Any, images: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: _replace(inner, images) for key, inner in value.items()}
    if isinstance(value, list):
        return [_replace(inner, images) for inner in value]
    return images.get(value, value) if isinstance(value, str) else value
