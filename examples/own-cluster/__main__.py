"""The service alone, on a cluster that is there: nothing of the network, the cluster or Knative is made or changed."""

import sys
from pathlib import Path

import pulumi
import pulumi_alicloud as alicloud
import pulumi_kubernetes as kubernetes

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # the checkout, where `components` is

from components.manifests.knative_service import KnativeServiceSpec, Resources
from components.manifests.scaling import Scaling
from components.serving_namespace import ServingNamespace, ServingNamespaceArgs
from components.stable_diffusion_service import StableDiffusionService, StableDiffusionServiceArgs

config = pulumi.Config()


def cluster_provider() -> kubernetes.Provider:
    """An ACK cluster by its id, which asks the account at every preview; any other by its kubeconfig."""
    cluster_id = config.get("clusterId")
    if cluster_id is None:
        return kubernetes.Provider("cluster", kubeconfig=config.require_secret("kubeconfig"))
    credential = alicloud.cs.get_cluster_credential_output(cluster_id=cluster_id)
    return kubernetes.Provider(
        "cluster",
        kubeconfig=pulumi.Output.secret(credential.kube_config),
        # Renewed certificates then update the provider, instead of replacing it and all objects with it.
        cluster_identifier=cluster_id,
    )


provider = cluster_provider()
namespace = ServingNamespace("studio", ServingNamespaceArgs(config.require("namespace"), provider))
service = StableDiffusionService(
    "stable-diffusion",
    StableDiffusionServiceArgs(
        spec=KnativeServiceSpec(
            name="stable-diffusion",
            namespace=namespace.namespace,
            image=config.require("image"),
            scaling=Scaling(max_scale=3),
            resources=Resources(requests={"cpu": "2", "memory": "8Gi"}, gpus=1),
        ),
        provider=provider,
        domain=config.require("domain"),
        ready_seconds=1500,
    ),
)
pulumi.export("url", service.url)
