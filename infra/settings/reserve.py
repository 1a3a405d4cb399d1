"""Settings of the pod that stays when a service has gone to zero."""

from typing import Annotated, Literal

from pydantic import Field

from infra.settings.section import Section
from infra.settings.texts import allowed, matching

_EciSpec = Annotated[
    str,
    matching(r"ecs(\.[a-z0-9-]+){2,3}|\d+-\d+Gi"),
    allowed("ecs.<family>.<size>, or <cores>-<memory>", "1-2Gi"),
]


class Reserve(Section):
    """A small pod that stays when the service has gone to zero: it takes the first requests while a full one starts,
    and goes then. Billed all the time that the service is idle. Without a GPU it can serve the page, not make images.
    What becomes of the service's own GPU limit on it is not verified."""

    type: Literal["eci", "ecs", "acs"] = "eci"
    """Where it runs. eci, acs: on virtual nodes, which virtualNodes.enabled brings; ecs: on a node of the cluster."""
    replicas: Annotated[int, Field(ge=1, le=100)] | None = None
    """How many; left out: ACK's default."""
    eci_specs: Annotated[tuple[_EciSpec, ...], Field(min_length=1, max_length=5)] | None = None
    """With eci: instance types in the order of preference, or cores and memory; left out: ACK's default, small types
    without a GPU."""
