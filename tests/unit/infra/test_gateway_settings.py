"""Forms of the gateway's settings that ALB or ACK would refuse late, or take in silence."""

from typing import Any

import pytest

from tests.unit.infra.samples import found, guide, loaded, warnings

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
    "policy that is strict and old": (
        {"https": {**HTTPS, "securityPolicyId": "tls_cipher_policy_1_1_strict"}},
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


@pytest.mark.parametrize(
    "policy",
    [
        "tls_cipher_policy_1_0",
        "tls_cipher_policy_1_0_to_1_3",
        "tls_cipher_policy_1_2_strict_with_1_3",
        "tls-bp1b8s3e2p",
    ],
)
def test_policies_of_alb_and_of_the_account_are_taken(policy: str) -> None:
    assert found(guide(gateway={"https": {**HTTPS, "securityPolicyId": policy}})) == {}


ALB_ONLY: dict[str, Any] = {
    "addressType": "Internet",
    "edition": "Standard",
    "requestTimeoutSeconds": 600,
    "idleTimeoutSeconds": 60,
    "allowCidrs": ["203.0.113.0/24"],
    "https": HTTPS,
    "accessLog": {"project": "studio-logs", "store": "alb_knative"},
    "existing": {"albId": "alb-1"},
}


@pytest.mark.parametrize("key", ALB_ONLY)
def test_what_only_an_alb_has_is_refused_beside_kourier(key: str) -> None:
    problems = found(guide(gateway={"kind": "kourier", key: ALB_ONLY[key]}))

    assert list(problems) == [f"gateway.{key}"]
    assert problems[f"gateway.{key}"].allowed == "only with gateway.kind alb"


def test_what_only_kourier_has_is_refused_beside_an_alb() -> None:
    problems = found(guide(gateway={"kourierAddress": "203.0.113.9"}))

    assert problems["gateway.kourierAddress"].allowed == "only with gateway.kind kourier"


def test_a_record_for_kourier_needs_an_address() -> None:
    record = {"zone": "example.com", "record": "sd"}

    problems = found(guide(gateway={"kind": "kourier", "domain": record}))

    assert "kourierAddress" in problems["gateway.domain"].mend
    assert loaded(guide(gateway={"kind": "kourier", "domain": record, "kourierAddress": "203.0.113.9"}))


def test_kourier_is_warned_of_because_nobody_has_seen_it_here_and_because_it_sets_no_cookies() -> None:
    texts = warnings(guide(gateway={"kind": "kourier"}))

    assert [text for text in texts if text.endswith("is not verified") and "gateway.kind" in text]
    assert [text for text in texts if "services.sd.affinity: the ALB alone sets the cookie" in text]
