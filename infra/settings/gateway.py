"""Settings of the gateway."""

from typing import Annotated, Literal

from pydantic import Field

from infra.settings.section import Section
from infra.settings.texts import (
    AlbId,
    AnnotationKey,
    CertificateId,
    Cidr,
    Domain,
    Ipv4,
    LogProject,
    LogStore,
    SecurityPolicy,
    SubDomain,
)


class Https(Section):
    """Port 443 of the ALB. Certificates live in Alibaba Cloud's certificate service, not in the cluster."""

    certificate_id: CertificateId
    """Of a certificate for *.<namespace>.<domain>; clients that name no host are shown it too."""
    more_certificate_ids: tuple[CertificateId, ...] = ()
    """Certificates for further names; ALB picks by the host that a client asks for."""
    security_policy_id: SecurityPolicy = "tls_cipher_policy_1_2_strict_with_1_3"
    """TLS versions and ciphers, ALB's own or one of yours. ALB's default still takes TLS 1.0."""
    plain_http: bool = True
    """Whether port 80 answers too. No redirect to HTTPS can be set: the controller writes a listener's default action
    itself."""
    annotation: AnnotationKey = "knative.k8s.alibabacloud/tls"
    """Annotation that tells ACK's Knative to serve a service on port 443; not verified on a live account. Writing it
    down, even with this value, says that you have seen it work."""


class DnsRecord(Section):
    """A CNAME record for *.<namespace>.<record>.<zone>, which leads every service to the gateway."""

    zone: Domain
    """A domain in Alibaba Cloud DNS, of the same account. In mainland China it needs an ICP filing."""
    record: SubDomain
    """The part before the zone. Knative's domain is <record>.<zone>."""
    ttl_seconds: Annotated[int, Field(ge=1, le=86400)] = 600
    """How long resolvers keep the answer; DNS's free edition takes 600 and more only."""


class AccessLog(Section):
    """A line per request in the log service. Both must be there; nothing here makes them."""

    project: LogProject
    """Project of the log service, in the same region."""
    store: LogStore
    """Store of that project; ACK takes only names that start with alb_."""


class ExistingAlb(Section):
    """An ALB that others own: it is used, never deleted, and its own attributes stay as they are."""

    alb_id: AlbId
    """Of an ALB in the VPC of the cluster."""
    override_listeners: bool = False
    """Whether listeners that it has on ports 80 and 443 are taken over. False leaves them, and services are then not
    reached through them."""


class Gateway(Section):
    """What stands in front of all services: an ALB, unless kind says otherwise."""

    kind: Literal["alb", "kourier"] = "alb"
    """alb: an ALB, managed by Alibaba Cloud. kourier: a proxy in the cluster, which you choose for Knative in ACK's
    console before the first service, or before the kind is changed, and look after yourself; of the keys below it takes
    domain and kourierAddress only. It has no request timeout, but as shipped ends a request that brings no byte for
    300 s (stream-idle-timeout in config-kourier). A change of kind moves all services (seen with Knative 1.23)."""
    kourier_address: Ipv4 | None = None
    """Of Kourier's load balancer, as kubectl get service kourier -n kourier-system shows it; left out: the output
    gatewayAddress stays empty."""

    address_type: Literal["Internet", "Intranet"] = "Internet"
    """Internet: a public address. Fixed once it is made."""
    edition: Literal["Basic", "Standard", "StandardWithWaf"] = "Standard"
    """Edition of the ALB instance."""
    request_timeout_seconds: Annotated[int, Field(ge=1, le=600)] = 600
    """After this the ALB answers 504; its own default of 60 is too short for a cold start. 600 is its highest."""
    idle_timeout_seconds: Annotated[int, Field(ge=1, le=600)] = 60
    """After this without traffic a connection is closed."""
    allow_cidrs: tuple[Cidr, ...] = ()
    """IPv4 ranges of the only clients that are let in, on every port; left out: everyone. Taking the last one away
    may leave the old list in place: the controller is known to write a list back that the ALB still has."""
    https: Https | None = None
    """Left out: plain HTTP on port 80 only."""
    domain: DnsRecord | None = None
    """Left out: no DNS record; make one yourself, or send the Host header."""
    access_log: AccessLog | None = None
    """Left out: no access log."""
    existing: ExistingAlb | None = None
    """Left out: an ALB is made for this stack, and deleted with it."""
