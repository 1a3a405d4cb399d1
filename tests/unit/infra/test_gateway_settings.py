"""Forms of the gateway's settings that ALB or ACK would refuse late, or take in silence."""

from typing import Any

import pytest

from tests.unit.infra.samples import found, guide

HTTPS = {"certificateId": "1-cn-hangzhou"}

# gateway → path below it, and a part of what is allowed
MISTAKES: dict[str, tuple[dict[str, Any], str, str]] = {
    "log store that ACK's webhook refuses": (
        {"accessLog": {"project": "studio-logs", "store": "knative"}},
        "accessLog.store",
        "alb_ and lower-case letters",
    ),
    "policy that ALB does not have": (
        {"https": {**HTTPS, "securityPolicyId": "tls_cipher_policy_1_3"}},
        "https.securityPolicyId",
        "a system policy of ALB",
    ),
    "certificate by name": ({"https": {"certificateId": "example.com"}}, "https.certificateId", "<number>-<region"),
    "annotation without a domain": ({"https": {**HTTPS, "annotation": "tls"}}, "https.annotation", "<domain>/<name>"),
    "client's address with bits after the prefix": (
        {"allowCidrs": ["203.0.113.1/24"]},
        "allowCidrs[0]",
        "IPv4 network",
    ),
    "record for the zone itself": (
        {"domain": {"zone": "example.com", "record": "@"}},
        "domain.record",
        "never the zone",
    ),
    "record with its zone's wildcard": (
        {"domain": {"zone": "example.com", "record": "*.sd"}},
        "domain.record",
        "a sub-domain without its zone",
    ),
    "ALB by name": ({"existing": {"albId": "knative"}}, "existing.albId", "the id of an ALB"),
    "ALB that waits longer than it can": ({"requestTimeoutSeconds": 601}, "requestTimeoutSeconds", "from 1 to 600"),
}


@pytest.mark.parametrize("case", MISTAKES.values(), ids=MISTAKES.keys())
def test_a_form_that_the_cloud_does_not_take_is_refused(case: tuple[dict[str, Any], str, str]) -> None:
    gateway, path, allowed = case

    problems = found(guide(gateway=gateway))

    assert list(problems) == [f"gateway.{path}"]
    assert allowed in problems[f"gateway.{path}"].allowed


@pytest.mark.parametrize("policy", ["tls_cipher_policy_1_0", "tls_cipher_policy_1_2_strict_with_1_3", "tls-bp1b8s3e2p"])
def test_policies_of_alb_and_of_the_account_are_taken(policy: str) -> None:
    assert found(guide(gateway={"https": {**HTTPS, "securityPolicyId": policy}})) == {}
