"""AlbConfig's own types, as far as the program writes them: ACK ignores what it does not know without a word.

From AlbConfigSpec of the ALB ingress controller (github.com/alibaba/alibaba-load-balancer-controller,
pkg/apis/alibabacloud/v1/albconfig_types.go, 2024-09) and the ranges of its documentation.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel, to_pascal


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, alias_generator=to_camel)


class _ZoneMapping(_Strict):
    v_switch_id: str
    zone_id: str = ""


class _AccessLogConfig(_Strict):
    log_project: str
    log_store: Annotated[str, Field(pattern="^alb_")]


class _Tag(_Strict):
    key: str
    value: str


class _LoadBalancer(_Strict):
    id: Annotated[str, Field(pattern="^alb-")] = ""
    name: str = ""
    address_type: Literal["Internet", "Intranet", ""] = ""
    edition: Literal["Basic", "Standard", "StandardWithWaf", ""] = ""
    zone_mappings: list[_ZoneMapping] = []
    access_log_config: _AccessLogConfig | None = None
    force_override: bool | None = None
    listener_force_override: bool | None = None
    tags: list[_Tag] = []


class _Certificate(_Strict):
    model_config = ConfigDict(alias_generator=to_pascal)

    certificate_id: str
    is_default: bool


class _AclConfig(_Strict):
    acl_name: str
    acl_type: Literal["White", "Black"]
    acl_entries: list[str]


class _Listener(_Strict):
    """Numbers not strict: in the engine's messages all are floats."""

    port: Annotated[int, Field(strict=False)]
    protocol: Literal["HTTP", "HTTPS", "QUIC"]
    idle_timeout: Annotated[int, Field(ge=0, le=600, strict=False)]
    request_timeout: Annotated[int, Field(ge=0, le=600, strict=False)]
    certificates: list[_Certificate] = []
    security_policy_id: str = ""
    acl_config: _AclConfig | None = None


class _Spec(_Strict):
    config: _LoadBalancer
    listeners: list[_Listener]


class _Metadata(_Strict):
    name: str
    annotations: dict[str, str] = {}


class AlbConfig(_Strict):
    """An object that ACK takes as it is meant."""

    api_version: Literal["alibabacloud.com/v1"]
    kind: Literal["AlbConfig"]
    metadata: _Metadata
    spec: _Spec
