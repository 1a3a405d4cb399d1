"""Knative: the addon and the settings that must be in place before the first service."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi
import pulumi_kubernetes as kubernetes

from components.addon import addon
from components.manifests import knative_config


@dataclass(frozen=True)
class KnativeArgs:
    """What Knative needs.

    ingress: what services are reached through; changing it moves only services made afterwards.
    after: nodes for it to run on, three at least.
    """

    cluster_id: pulumi.Input[str]
    provider: kubernetes.Provider
    ingress: knative_config.Ingress
    domain: str
    deployments: knative_config.Deployments
    autoscaling: knative_config.Autoscaling = field(default_factory=knative_config.Autoscaling)
    after: Sequence[pulumi.Resource] = ()


class Knative(pulumi.ComponentResource):
    """Owns only the keys that it sets; the ConfigMaps belong to the addon."""

    ready: Sequence[pulumi.Resource]
    """What a service must depend on: it takes its ingress class and its limits from these when it is made."""

    def __init__(self, name: str, args: KnativeArgs, opts: pulumi.ResourceOptions | None = None):
        super().__init__("ack-stable-diffusion:components:Knative", name, None, opts)
        serving = addon(f"{name}-addon", args.cluster_id, "knative", after=args.after, parent=self)

        patched = pulumi.ResourceOptions(parent=self, provider=args.provider, depends_on=[serving])
        self.ready = [_patch(f"{name}-{part}", f"config-{part}", data, patched) for part, data in _parts(args).items()]
        self.register_outputs({})


def _parts(args: KnativeArgs) -> Mapping[str, knative_config.Data]:
    return {
        "network": knative_config.network(args.ingress),
        "features": knative_config.features(),
        "autoscaler": knative_config.autoscaler(args.autoscaling),
        "deployment": knative_config.deployment(args.deployments),
        "domain": knative_config.domain(args.domain),
    }


def _patch(
    name: str, config_map: str, data: knative_config.Data, opts: pulumi.ResourceOptions
) -> kubernetes.core.v1.ConfigMapPatch:
    return kubernetes.core.v1.ConfigMapPatch(
        name,
        metadata={
            "name": config_map,
            "namespace": knative_config.NAMESPACE,
            # Without it a key that kubectl or an addon upgrade has written is a conflict: preview and up both fail.
            "annotations": {"pulumi.com/patchForce": "true"},
        },
        data=data,
        opts=opts,
    )
