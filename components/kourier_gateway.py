"""KourierGateway: services behind Kourier, which runs in the cluster, instead of an ALB."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

from components.manifests.knative_config import KourierIngress


@dataclass(frozen=True)
class KourierGatewayArgs:
    """address: of Kourier's load balancer, as `kubectl get service kourier -n kourier-system` shows it; None until it
    is known."""

    address: str | None = None


class KourierGateway(pulumi.ComponentResource):
    """Owns nothing: ACK puts Kourier and its load balancer into the cluster when Kourier is chosen for Knative in the
    console, and leaves its care to the cluster's owner. How to choose it by an API is not documented."""

    dns_name: pulumi.Output[str]
    """Empty where the address is not given."""
    ingress: KourierIngress
    ready: Sequence[pulumi.Resource]

    def __init__(self, name: str, args: KourierGatewayArgs, opts: pulumi.ResourceOptions | None = None):
        super().__init__("ack-stable-diffusion:components:KourierGateway", name, None, opts)
        self.dns_name = pulumi.Output.from_input(args.address or "")
        self.ingress = KourierIngress()
        self.ready = ()
        self.register_outputs({"dns_name": self.dns_name})
