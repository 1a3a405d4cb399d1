from collections.abc import Callable
from typing import Any

import pulumi

from components.service_domain import ServiceDomain, ServiceDomainArgs
from tests.unit.conftest import Engine
from tests.unit.sdk_types import mistakes

RECORD = "alicloud:dns/alidnsRecord:AlidnsRecord"

Known = Callable[[pulumi.Output[Any]], list[Any]]


def domain() -> ServiceDomain:
    args = ServiceDomainArgs("example.com", "sd", "studio", "alb-1.cn-shanghai.alb.aliyuncsslb.com")
    return ServiceDomain("domain", args)


def test_every_service_of_the_namespace_leads_to_the_gateway(engine: Engine) -> None:
    record = engine(domain).only(RECORD)

    assert record.inputs == {
        "domainName": "example.com",
        "rr": "*.studio.sd",
        "type": "CNAME",
        "value": "alb-1.cn-shanghai.alb.aliyuncsslb.com",
        "ttl": 600,
    }
    assert mistakes(record) == []
    assert record.parent == "domain"


def test_it_says_which_names_a_certificate_must_be_for(engine: Engine, known: Known) -> None:
    names: list[list[Any]] = []

    engine(lambda: names.append(known(domain().name_pattern)))

    assert names == [["*.studio.sd.example.com"]]


def test_an_address_without_a_name_gets_the_record_for_addresses(engine: Engine) -> None:
    args = ServiceDomainArgs("example.com", "sd", "studio", "203.0.113.9", "A")

    record = engine(lambda: ServiceDomain("domain", args)).only(RECORD)

    assert (record.inputs["type"], record.inputs["value"]) == ("A", "203.0.113.9")
