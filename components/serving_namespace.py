"""ServingNamespace: where services live; made once for all of them."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as kubernetes

# There in every cluster: it is used, never made or deleted.
_ALWAYS_THERE = "default"


@dataclass(frozen=True)
class ServingNamespaceArgs:
    """after: what a Kubernetes object of any kind needs, that is a cluster with nodes."""

    namespace: str
    provider: kubernetes.Provider
    after: Sequence[pulumi.Resource] = ()


class ServingNamespace(pulumi.ComponentResource):
    """Owns the namespace unless it is `default`; deleting it deletes whatever else was put into it."""

    namespace: pulumi.Output[str]

    def __init__(self, name: str, args: ServingNamespaceArgs, opts: pulumi.ResourceOptions | None = None):
        super().__init__("ack-stable-diffusion:components:ServingNamespace", name, None, opts)

        self.namespace = pulumi.Output.from_input(args.namespace)
        if args.namespace != _ALWAYS_THERE:
            made = kubernetes.core.v1.Namespace(
                f"{name}-namespace",
                metadata={"name": args.namespace},
                opts=pulumi.ResourceOptions(parent=self, provider=args.provider, depends_on=list(args.after)),
            )
            # Not the plain text: whoever uses this output waits for the namespace, and is destroyed before it.
            self.namespace = made.metadata.apply(lambda metadata: metadata.name or args.namespace)
        self.register_outputs({"namespace": self.namespace})
