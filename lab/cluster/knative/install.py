"""Installing Knative Serving: definitions, then what runs, then what guards it."""

from pathlib import Path

from lab.cluster.api import KubernetesApi
from lab.cluster.knative import manifests

DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
DEPLOYMENTS = f"/apis/apps/v1/namespaces/{manifests.NAMESPACE}/deployments"
ESTABLISHED_SECONDS = 30
AVAILABLE_SECONDS = 180


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
    api.apply(groups.caches)
