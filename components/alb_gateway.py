"""AlbGateway: the ALB that Knative's services are reached through."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_kubernetes as kubernetes

from components.addon import addon
from components.live_object import LiveObject, waiting_for
from components.manifests.alb_config import API_GROUP, KIND, AlbConfigSpec, alb_config
from components.manifests.knative_config import AlbIngress


@dataclass(frozen=True)
class AlbGatewayArgs:
    """What an AlbGateway needs.

    alb: its vswitch_ids must lie in two zones at least.
    pods_reachable: false where pods have overlay addresses (Flannel).
    after: nodes for the controller to run on.
    """

    cluster_id: pulumi.Input[str]
    provider: kubernetes.Provider
    alb: AlbConfigSpec
    pods_reachable: bool = True
    after: Sequence[pulumi.Resource] = ()


class AlbGateway(pulumi.ComponentResource):
    """Owns the ALB through its AlbConfig: deleting that deletes the ALB, so services must be gone before it."""

    dns_name: pulumi.Output[str]
    """The address for a CNAME record; unknown until the ALB is there."""
    ingress: AlbIngress
    """For Knative's config-network; depending on it is depending on the ALB."""
    ready: Sequence[pulumi.Resource]

    def __init__(self, name: str, args: AlbGatewayArgs, opts: pulumi.ResourceOptions | None = None):
        super().__init__("ack-stable-diffusion:components:AlbGateway", name, None, opts)

        controller = addon(
            f"{name}-controller",
            args.cluster_id,
            "alb-ingress-controller",
            # The ALB with its timeouts is under code below; ACK's own would have the default 60 seconds.
            config={"albIngress": {"CreateDefaultALBConfig": False}},
            after=args.after,
            parent=self,
        )
        # The controller must outlive the AlbConfig: it alone removes the finalizer.
        in_cluster = pulumi.ResourceOptions(parent=self, provider=args.provider, depends_on=[controller])
        alb = LiveObject(
            f"{name}-alb",
            waiting_for(alb_config(args.alb), "jsonpath={.status.loadBalancer.dnsname}"),
            in_cluster,
        )
        ingress_class = kubernetes.networking.v1.IngressClass(
            f"{name}-class",
            metadata={"name": args.alb.name},
            spec=_class_of(args.alb.name),
            opts=pulumi.ResourceOptions(parent=self, provider=args.provider, depends_on=[alb]),
        )

        self.dns_name = alb.status.apply(_dns_name)
        self.ingress = AlbIngress(alb.id, args.pods_reachable, https=args.alb.https is not None)
        self.ready = [alb, ingress_class]
        self.register_outputs({"dns_name": self.dns_name})


def _class_of(albconfig: str) -> kubernetes.networking.v1.IngressClassSpecArgs:
    """For ordinary Ingresses on the same ALB; Knative's own find it through config-network."""
    return kubernetes.networking.v1.IngressClassSpecArgs(
        controller="ingress.k8s.alibabacloud/alb",
        parameters=kubernetes.networking.v1.IngressClassParametersReferenceArgs(
            api_group=API_GROUP, kind=KIND, name=albconfig, scope="Cluster"
        ),
    )


def _dns_name(status: Mapping[str, Any] | None) -> str:
    """Empty while the controller has not answered: a refresh may read the object in that moment."""
    return str(((status or {}).get("loadBalancer") or {}).get("dnsname", ""))
