from pathlib import Path
from typing import Any

import pytest
import yaml

from lab.cluster.knative.manifests import Groups, as_shipped, load

LINKED = {
    "networking/certificate": {"kind": "CustomResourceDefinition", "metadata": {"name": "certificates"}},
    "networking/config-network": {
        "kind": "ConfigMap",
        "metadata": {"name": "config-network"},
        "data": {"_example": ""},
    },
    "networking/domain-claim": {"kind": "CustomResourceDefinition", "metadata": {"name": "claims"}},
    "networking/ingress": {"kind": "CustomResourceDefinition", "metadata": {"name": "ingresses"}},
    "networking/serverlessservice": {"kind": "CustomResourceDefinition", "metadata": {"name": "sks"}},
    "caching/image": {"kind": "CustomResourceDefinition", "metadata": {"name": "images"}},
}
CORE = {
    "100-namespace": {"kind": "Namespace", "metadata": {"name": "knative-serving"}},
    "999-cache": {"kind": "Image", "metadata": {"name": "queue"}, "spec": {"image": "ko://knative.dev/serving/cmd/queue"}},
    "configmaps/domain": {"kind": "ConfigMap", "metadata": {"name": "config-domain"}, "data": {"_example": "text"}},
    "deployments/activator": {"kind": "Deployment", "metadata": {"name": "activator"}, "spec": {"template": {"spec": {
        "containers": [{"image": "ko://knative.dev/serving/cmd/activator", "readinessProbe": {"periodSeconds": 5}}]}}}},
    "deployments/activator-hpa": {"kind": "HorizontalPodAutoscaler", "metadata": {"name": "activator"}},
    "webhooks/defaulting": {"kind": "MutatingWebhookConfiguration", "metadata": {"name": "webhook.serving"}},
}  # fmt: skip


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A config folder as the modules have it, one object for each kind that is treated in its own way."""
    for name, manifest in {**LINKED, **{f"serving/core/{name}": m for name, m in CORE.items()}}.items():
        file = tmp_path / f"{name}.yaml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"# A licence.\n---\n{yaml.safe_dump(manifest)}---\n")
    return tmp_path


def names(manifests: list[dict[str, Any]]) -> set[str]:
    return {manifest["metadata"]["name"] for manifest in manifests}


def only(groups: Groups, name: str) -> dict[str, Any]:
    everything = [*groups.definitions, *groups.core, *groups.webhooks, *groups.caches]
    (found,) = [manifest for manifest in everything if manifest["metadata"]["name"] == name]
    return found


def test_objects_come_in_the_order_in_which_they_can_be_applied(config: Path) -> None:
    groups = load(config)

    assert names(groups.definitions) == {"certificates", "claims", "ingresses", "sks", "images", "knative-serving"}
    assert names(groups.core) == {"config-network", "config-domain", "activator"}
    assert names(groups.webhooks) == {"webhook.serving"}
    assert names(groups.caches) == {"queue"}


def test_what_needs_a_metrics_server_is_left_out(config: Path) -> None:
    kinds = {manifest["kind"] for manifest in load(config).core}

    assert "HorizontalPodAutoscaler" not in kinds


def test_a_link_from_a_checkout_does_not_bring_an_object_twice(config: Path) -> None:
    (config / "serving/core/300-imagecache.yaml").symlink_to(config / "caching/image.yaml")

    assert only(load(config), "images")


def test_programs_run_from_the_labs_images_and_are_asked_every_second_whether_they_are_ready(config: Path) -> None:
    (container,) = only(load(config), "activator")["spec"]["template"]["spec"]["containers"]

    assert container["image"] == "dev.local/activator:lab"
    assert container["readinessProbe"] == {"periodSeconds": 1}


def test_an_image_is_replaced_wherever_it_is_named() -> None:
    data = {
        "queue-sidecar-image": "ko://knative.dev/serving/cmd/queue",
        "other": "ko://knative.dev/serving/cmd/unknown",
    }
    changed = as_shipped({"kind": "ConfigMap", "metadata": {"name": "config-deployment"}, "data": data})

    assert changed["data"] == {**data, "queue-sidecar-image": "dev.local/queue:lab"}


def test_config_maps_are_upstreams_but_for_the_domain_that_ack_ships(config: Path) -> None:
    groups = load(config)

    assert only(groups, "config-domain")["data"] == {"_example": "text", "example.com": ""}
    assert only(groups, "config-network")["data"] == {"_example": ""}


def test_a_folder_without_manifests_says_how_to_get_them(tmp_path: Path) -> None:
    for name, manifest in LINKED.items():
        file = tmp_path / f"{name}.yaml"
        file.parent.mkdir(exist_ok=True)
        file.write_text(yaml.safe_dump(manifest | {"kind": "Secret"}))

    with pytest.raises(RuntimeError, match="make setup"):
        load(tmp_path)
