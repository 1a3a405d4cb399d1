"""Settings of the probes of a service's container."""

from typing import Annotated

from pydantic import Field

from infra.settings.section import Section
from infra.settings.texts import allowed, matching

ProbePath = Annotated[str, matching(r"/[^\s#]*"), allowed("a path from /, with its query", "/internal/ping")]
_Seconds = Annotated[int, Field(ge=1, le=3600)]
_Failures = Annotated[int, Field(ge=1, le=1000)]


class Probe(Section):
    """When a pod takes requests: asked of the service's port until it answers, and again and again afterwards."""

    path: ProbePath | None = None
    """HTTP GET that must answer with 200 to 399; left out: the port need only take a connection, as in the guide. Where
    a container takes connections before its model is loaded, the first requests wait inside it."""
    initial_delay_seconds: Annotated[int, Field(ge=0, le=3600)] = 5
    """From the container's start to the first attempt."""
    period_seconds: _Seconds = 1
    """Between attempts. Longer: a container that was killed is noticed later, and answers 502 meanwhile."""
    failure_threshold: _Failures = 3
    """Attempts in a row after which the pod gets no more requests."""
    timeout_seconds: _Seconds = 1
    """Of one attempt."""


class Liveness(Section):
    """When a container is started again. Off unless it is written: an image takes minutes, and a probe that fails
    meanwhile loses it."""

    path: ProbePath | None = None
    """HTTP GET that must answer with 200 to 399; left out: the port need only take a connection. Stable Diffusion may
    answer no other request while it makes an image: then a path loses every long one."""
    initial_delay_seconds: Annotated[int, Field(ge=0, le=3600)]
    """From the container's start to the first attempt; above the time that the model takes to load, else the container
    is started again for ever."""
    period_seconds: _Seconds = 10
    """Between attempts."""
    failure_threshold: _Failures = 6
    """Attempts in a row after which the container is started again."""
    timeout_seconds: _Seconds = 10
    """Of one attempt."""
