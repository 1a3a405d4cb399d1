"""Settings of cookie affinity."""

from typing import Annotated

from pydantic import Field

from infra.settings.section import Section
from infra.settings.texts import CookieName


class Affinity(Section):
    """Sends a browser to the pod that served it before."""

    cookie_name: CookieName | None = None
    """Name of the cookie that the gateway sets; left out: sd-<service>, so that two services of one host do not take
    each other's."""
    timeout_seconds: Annotated[int, Field(ge=1, le=86400)] = 1800
    """Lifetime of the cookie, seconds."""
