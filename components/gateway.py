"""What every kind of gateway gives to the rest of a stack."""

from collections.abc import Sequence
from typing import Protocol

import pulumi

from components.manifests.knative_config import Ingress


class Gateway(Protocol):
    """AlbGateway or KourierGateway."""

    @property
    def dns_name(self) -> pulumi.Output[str]:
        """Where requests go; empty while that is not known."""

    @property
    def ingress(self) -> Ingress:
        """How Knative finds the gateway."""

    @property
    def ready(self) -> Sequence[pulumi.Resource]:
        """What a service must depend on."""
