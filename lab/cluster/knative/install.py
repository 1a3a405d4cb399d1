"""Installing Knative Serving: definitions, then what runs, then what guards it."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from lab.cluster.api import KubernetesApi, RefusedError
from lab.cluster.commands import wait_until
from lab.cluster.knative import manifests
from lab.cluster.knative.manifests import Manifest

DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
DEPLOYMENTS = f"/apis/apps/v1/namespaces/{manifests.NAMESPACE}/deployments"
ESTABLISHED_SECONDS = 180
AVAILABLE_SECONDS = 600
GUARDED_SECONDS = 180
CONFIGURATIONS = "/apis/admissionregistration.k8s.io/v1"
# Passes both webhooks for services; never stored.
TRIAL: Manifest = {
    "apiVersion": "serving.knative.dev/v1",
    "kind": "Service",
    "metadata": {"name": "trial", "namespace": "default"},
    "spec": {"template": {"spec": {"containers": [{"image": "example.com/trial"}]}}},
}


def install(api: KubernetesApi, config: Path) -> None:
    """Returns once Knative's programs are available and its webhooks guard its objects; fine if they do already."""
    groups = manifests.load(config)
    api.apply(groups.definitions)
    names = [m["metadata"]["name"] for m in groups.definitions if m["kind"] == "CustomResourceDefinition"]
    api.wait_for(DEFINITIONS, "Established", names, ESTABLISHED_SECONDS)
    api.apply(groups.core)
    programs = [m["metadata"]["name"] for m in groups.core if m["kind"] == "Deployment"]
    api.wait_for(DEPLOYMENTS, "Available", programs, AVAILABLE_SECONDS)
    api.apply(groups.webhooks)
    _wait_for_guards(api, [manifest["metadata"]["name"] for manifest in groups.webhooks])
    api.apply(groups.caches)


def _wait_for_guards(api: KubernetesApi, names: Iterable[str]) -> None:
    """The webhook's program writes its authority and rules into each configuration, one after the other. Until then the
    API server trusts it in nothing (a service fails with "certificate signed by unknown authority"), or does not ask
    it at all."""
    wanted = set(names)
    wait_until(lambda: wanted <= _written(api), "Knative's webhooks are configured", timeout=GUARDED_SECONDS)
    wait_until(lambda: _asked(api), "the API server asks Knative's webhooks", timeout=GUARDED_SECONDS)


def _written(api: KubernetesApi) -> set[str]:
    kinds = ("mutatingwebhookconfigurations", "validatingwebhookconfigurations")
    found = [item for kind in kinds for item in api.items(f"{CONFIGURATIONS}/{kind}")]
    return {item["metadata"]["name"] for item in found if all(map(_complete, item["webhooks"]))}


def _complete(webhook: dict[str, Any]) -> bool:
    return bool(webhook["clientConfig"].get("caBundle") and webhook.get("rules"))


def _asked(api: KubernetesApi) -> bool:
    """The server's own copy of the configurations follows a moment later."""
    try:
        api.try_out(TRIAL)
    except RefusedError as refused:
        if refused.status < 500:
            raise
        return False
    return True
