"""Kinds of text that settings are made of, each with what it allows and, where there is one, an example."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import PydanticCustomError, core_schema


def allowed(text: str, example: str | None = None) -> Any:
    """Says in the schema, and from there in errors and in the configuration reference, what a field allows."""
    return Field(json_schema_extra={"allowed": text}, examples=[example] if example else None)


def matching(pattern: str) -> "_Matching":
    """The whole text must match, in ASCII: nothing below the settings takes other digits. The schema says so too."""
    return _Matching(pattern)


@dataclass(frozen=True)
class _Matching:
    pattern: str

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        return core_schema.no_info_after_validator_function(self._check, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {**handler(schema), "pattern": f"^({self.pattern})$"}

    def _check(self, value: str) -> str:
        if not re.fullmatch(self.pattern, value, re.ASCII):
            raise PydanticCustomError("text", "does not have the right form")
        return value


def _converting(convert: Callable[[str], str]) -> AfterValidator:
    def run(value: str) -> str:
        try:
            return convert(value)
        except ValueError as error:
            raise PydanticCustomError("text", "does not have the right form") from error

    return AfterValidator(run)


def _canonical_cpu(text: str) -> str:
    """As Kubernetes writes it: 1000m is 1, 0.5 is 500m."""
    match = re.fullmatch(r"([0-9]+)(\.[0-9]{1,3})?(m?)", text)
    if not match or (match[2] and match[3]):
        raise ValueError(text)
    millis = int(match[1]) if match[3] else round(float(text) * 1000)
    if millis == 0:
        raise ValueError(text)
    return f"{millis}m" if millis % 1000 else str(millis // 1000)


def _canonical_memory(text: str) -> str:
    """As Kubernetes writes it: 1024Mi is 1Gi."""
    match = re.fullmatch(r"([1-9][0-9]*)(Ki|Mi|Gi)", text)
    if not match:
        raise ValueError(text)
    amount, unit = int(match[1]), ("Ki", "Mi", "Gi").index(match[2])
    while unit < 2 and amount % 1024 == 0:
        amount, unit = amount // 1024, unit + 1
    return f"{amount}{('Ki', 'Mi', 'Gi')[unit]}"


def _number_as_text(value: object) -> object:
    """`cpu: 2` is how people write it."""
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def cpus(quantity: str) -> float:
    """Cores that a canonical CPU quantity stands for."""
    return int(quantity[:-1]) / 1000 if quantity.endswith("m") else float(quantity)


def gibibytes(quantity: str) -> float:
    """GiB that a canonical memory quantity stands for."""
    return int(quantity[:-2]) / {"Ki": 1024**2, "Mi": 1024, "Gi": 1}[quantity[-2:]]


def seconds(duration: str) -> int:
    """Seconds that a duration stands for."""
    return int(duration[:-1]) * {"s": 1, "m": 60, "h": 3600}[duration[-1]]


_NAME = "lower-case letters, digits and dashes, starting with a letter, 40 at most"

Name = Annotated[str, matching(r"[a-z]([-a-z0-9]{0,38}[a-z0-9])?"), allowed(_NAME, "stable-diffusion")]
"""Of a pool, a service or a namespace: Kubernetes and Knative put suffixes to it and allow 63 in all."""

Cpu = Annotated[
    str,
    BeforeValidator(_number_as_text),
    _converting(_canonical_cpu),
    allowed("cores, or thousandths of a core with an m", "500m"),
]
Memory = Annotated[str, _converting(_canonical_memory), allowed("a whole number with Ki, Mi or Gi", "8Gi")]
Duration = Annotated[str, matching(r"\d{1,5}[smh]"), allowed("a whole number with s, m or h", "60s")]
Domain = Annotated[
    str,
    matching(r"([a-z0-9]([-a-z0-9]*[a-z0-9])?\.)+[a-z]{2,}"),
    allowed("a DNS domain name in lower case", "example.com"),
]
SubDomain = Annotated[
    str,
    matching(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?(\.[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)*"),
    allowed(
        "a sub-domain without its zone; never the zone itself (@), whose other names Knative would then claim", "sd"
    ),
]
Cidr = Annotated[
    str,
    _converting(lambda text: str(IPv4Network(text))),
    allowed("an IPv4 network: the bits after the prefix are zero", "10.32.0.0/16"),
]
Ipv4 = Annotated[str, _converting(lambda text: str(IPv4Address(text))), allowed("an IPv4 address", "203.0.113.9")]
InstanceType = Annotated[
    str, matching(r"ecs\.[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+)+"), allowed("ecs.<family>.<size>", "ecs.gn7i-c8g1.2xlarge")
]
Image = Annotated[
    str,
    matching(r"([a-z0-9.-]|\{region\})+(:\d+)?(/[a-z0-9._-]+)+(:[\w.-]{1,128})?(@sha256:[0-9a-f]{64})?"),
    allowed("<registry>/<repository>@sha256:<64 hexadecimal digits>", "registry.example.com/sd@sha256:62b3…"),
]
EnvName = Annotated[str, matching(r"[A-Za-z_][A-Za-z0-9_]*"), allowed("letters, digits and underscores", "HF_HOME")]
# Knative's webhook drops a value of "", and every refresh would show it.
EnvValue = Annotated[str, matching(r".+"), allowed("text of one character at least; numbers in quotes", '"1"')]
CookieName = Annotated[str, matching(r"[\w.-]+"), allowed("letters, digits, dots, dashes and underscores", "sd")]
LabelKey = Annotated[
    str,
    matching(r"([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?/)?[A-Za-z0-9]([-\w.]{0,61}[A-Za-z0-9])?"),
    allowed("a Kubernetes label key: [<domain>/]<name>", "example.com/team"),
]
LabelValue = Annotated[
    str,
    matching(r"([A-Za-z0-9]([-\w.]{0,61}[A-Za-z0-9])?)?"),
    allowed("letters, digits, dashes, dots and underscores, 63 at most; numbers in quotes", "studio"),
]
CertificateId = Annotated[
    str,
    matching(r"\d+(-[a-z]{2}-[a-z]+(-\d+)?)?"),
    allowed("<number>-<region of the certificate>", "12345678-cn-hangzhou"),
]
SecurityPolicy = Annotated[
    str,
    matching(r"tls_cipher_policy_1_(0(_to_1_3)?|1|2(_strict(_with_1_3)?)?)|tls-[a-z0-9]+"),
    allowed("a system policy of ALB, or the id of one of yours (tls-…)", "tls_cipher_policy_1_2"),
]
LogProject = Annotated[
    str,
    matching(r"[a-z0-9][-a-z0-9]{1,61}[a-z0-9]"),
    allowed("lower-case letters, digits and dashes, 3 to 63", "studio-logs"),
]
LogStore = Annotated[
    str,
    matching(r"alb_[-_a-z0-9]{0,58}[a-z0-9]"),
    allowed("alb_ and lower-case letters, digits, dashes or underscores, 63 at most", "alb_knative"),
]
AlbId = Annotated[str, matching(r"alb-[a-z0-9]+"), allowed("the id of an ALB", "alb-8u4xvhmp0kq8fsmv3c")]
AnnotationKey = Annotated[
    str,
    matching(r"[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?/[A-Za-z0-9]([-\w.]{0,61}[A-Za-z0-9])?"),
    allowed("a Kubernetes annotation key: <domain>/<name>", "knative.k8s.alibabacloud/tls"),
]
SecretName = Annotated[
    str,
    matching(r"[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?"),
    allowed("the name of a Secret of the services' namespace", "hugging-face"),
]
SecretKey = Annotated[
    str, matching(r"[-\w.]{1,253}"), allowed("letters, digits, dots, dashes and underscores", "token")
]
RevisionName = Annotated[
    str,
    matching(r"[a-z]([-a-z0-9]{0,18}[a-z0-9])?"),
    allowed("lower-case letters, digits and dashes, starting with a letter, 20 at most", "v7"),
]
