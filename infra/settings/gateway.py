"""Settings of the gateway."""

from typing import Annotated, Literal

from pydantic import Field

from infra.settings.section import Section


class Gateway(Section):
    """The ALB in front of all services."""

    address_type: Literal["Internet", "Intranet"] = "Internet"
    """Internet: a public address. Fixed once it is made."""
    edition: Literal["Basic", "Standard", "StandardWithWaf"] = "Standard"
    """Edition of the ALB instance."""
    request_timeout_seconds: Annotated[int, Field(ge=1, le=600)] = 600
    """After this the ALB answers 504; its own default of 60 is too short for a cold start. 600 is its highest."""
    idle_timeout_seconds: Annotated[int, Field(ge=1, le=600)] = 60
    """After this without traffic a connection is closed."""
