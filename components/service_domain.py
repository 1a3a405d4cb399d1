"""ServiceDomain: the DNS record that leads all services of a namespace to the gateway."""

from dataclasses import dataclass
from typing import Literal

import pulumi
import pulumi_alicloud as alicloud


@dataclass(frozen=True)
class ServiceDomainArgs:
    """What a ServiceDomain needs.

    zone: a domain in Alibaba Cloud DNS, of the same account; record: the part before it; Knative's domain is
        <record>.<zone>.
    address: the gateway's; a name for a CNAME record, an IPv4 address for an A record.
    ttl_seconds: how long resolvers keep an answer; 600 is the least in DNS's free edition.
    """

    zone: str
    record: str
    namespace: str
    address: pulumi.Input[str]
    record_type: Literal["CNAME", "A"] = "CNAME"
    ttl_seconds: int = 600


class ServiceDomain(pulumi.ComponentResource):
    """Owns one record; new services need no other one."""

    name_pattern: pulumi.Output[str]
    """The names that lead to the gateway, and that a certificate must be for: *.<namespace>.<record>.<zone>."""

    def __init__(self, name: str, args: ServiceDomainArgs, opts: pulumi.ResourceOptions | None = None):
        super().__init__("ack-stable-diffusion:components:ServiceDomain", name, None, opts)
        # Knative's hosts are <service>.<namespace>.<domain>, revisions' tags are put before the service with a dash.
        # Wider than the namespace, it would catch names that nobody serves.
        host_record = f"*.{args.namespace}.{args.record}"
        record = alicloud.dns.AlidnsRecord(
            f"{name}-record",
            domain_name=args.zone,
            rr=host_record,
            type=args.record_type,
            value=args.address,
            ttl=args.ttl_seconds,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.name_pattern = pulumi.Output.concat(record.rr, ".", record.domain_name)
        self.register_outputs({"name_pattern": self.name_pattern})
