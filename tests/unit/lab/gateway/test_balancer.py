from collections.abc import Callable
from ipaddress import IPv4Network
from typing import Any

import pytest

from lab.gateway.balancer import Balancer, BalancerNotReadyError, Clients, Listener, balancer

Build = Callable[..., dict[str, Any]]

NAMED = {"albconfig": "knative-alb"}


def test_the_listener_on_port_80_sets_the_timeouts(albconfig: Build) -> None:
    other = albconfig("other", spec={"listeners": [{"port": 80, "requestTimeout": 5}]})

    expected = Balancer("alb-1.cn-shanghai.alb.aliyuncsslb.com", "alb-1", http=Listener(600, 60))
    assert balancer(NAMED, [other, albconfig()]) == expected


def test_a_listener_that_says_nothing_has_albs_defaults(albconfig: Build) -> None:
    found = balancer(NAMED, [albconfig(spec={"listeners": [{"port": 80}]})])

    assert found.http == Listener(request_timeout_seconds=60, idle_timeout_seconds=15)


def test_without_an_albconfig_in_config_network_the_defaults_hold() -> None:
    assert balancer({}, []) == Balancer(http=Listener(60, 15), https=None)


CERTIFICATES = [
    {"CertificateId": "1", "IsDefault": False},
    {"certificateId": "misspelt"},
    {"CertificateId": "2", "IsDefault": True},
]
SECURE = {"port": 443, "protocol": "HTTPS", "requestTimeout": 300, "certificates": CERTIFICATES}


def test_https_alone_is_enough_and_the_default_certificate_comes_first(albconfig: Build) -> None:
    found = balancer(NAMED, [albconfig(spec={"listeners": [SECURE]})])

    assert (found.http, found.https) == (None, Listener(300, 15, certificate_ids=("2", "1")))
    assert found.inside.request_timeout_seconds == 300


def test_the_clusters_own_requests_have_the_patience_of_the_most_patient_listener(albconfig: Build) -> None:
    listeners = [{"port": 80, "requestTimeout": 60, "idleTimeout": 30}, {**SECURE, "idleTimeout": 5}]

    assert balancer(NAMED, [albconfig(spec={"listeners": listeners})]).inside == Listener(300, 30)


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        (None, ("1.0", "1.2", 15)),
        ("tls_cipher_policy_1_1", ("1.1", "1.2", 15)),
        ("tls_cipher_policy_1_2", ("1.2", "1.2", 15)),
        ("tls_cipher_policy_1_2_strict", ("1.2", "1.2", 10)),
        ("tls_cipher_policy_1_2_strict_with_1_3", ("1.2", "1.3", 10)),
        ("tls_cipher_policy_1_0_to_1_3", ("1.0", "1.3", 15)),
        ("tls-of-our-own", ("1.2", "1.3", 0)),
    ],
)
def test_a_security_policy_is_versions_and_a_number_of_ciphers(
    albconfig: Build, policy: str | None, expected: tuple[str, str, int]
) -> None:
    found = balancer(NAMED, [albconfig(spec={"listeners": [{**SECURE, "securityPolicyId": policy}]})]).https

    assert found
    assert (found.tls.oldest, found.tls.newest, len(found.tls.ciphers)) == expected


@pytest.mark.parametrize(
    ("log", "store"),
    [
        ({"logProject": "logs", "logStore": "alb_sd"}, "alb_sd"),
        ({"logProject": "logs", "logStore": "sd"}, None),
        ({"logProject": "logs", "logStore": "alb_/../sd"}, None),
        ({"logStore": "alb_sd"}, None),
        (None, None),
    ],
)
def test_the_access_log_needs_a_project_and_a_store_that_ack_takes(
    albconfig: Build, log: dict[str, str] | None, store: str | None
) -> None:
    spec = {"config": {"accessLogConfig": log}, "listeners": [{"port": 80}]}

    assert balancer(NAMED, [albconfig(spec=spec)]).log_store == store


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"metadata": {"name": "typo"}}, r"'knative-alb', which does not exist \(there are: typo\)"),
        ({"status": {}}, "'knative-alb' has no ALB yet"),
        ({"status": None}, "'knative-alb' has no ALB yet"),
        ({"spec": {"listeners": [{"port": 443}]}}, r"nor on 443 with HTTPS \(it listens on: 443 with HTTP\)"),
        ({"spec": {"listeners": [{"port": 443, "protocol": "HTTPS"}]}}, "listens on port 443 without a certificate"),
        (
            {"spec": {"listeners": [{**SECURE, "securityPolicyId": "tls_cipher_policy_1_3"}]}},
            "ALB has no TLS policy 'tls_cipher_policy_1_3'; it has tls_cipher_policy_1_0, .*correct securityPolicyId",
        ),
        (
            {"spec": {"listeners": [{"port": 80, "aclConfig": {"aclType": "White", "aclEntries": ["10.0.0.1/8"]}}]}},
            "lists a client that is no IPv4 network: 10.0.0.1/8",
        ),
        ({"spec": {}}, r"does not listen on port 80 with HTTP, .* \(it listens on: none\)"),
    ],
)
def test_an_albconfig_that_cannot_serve_is_named_with_the_reason(
    albconfig: Build, changes: dict[str, Any], message: str
) -> None:
    with pytest.raises(BalancerNotReadyError, match=message):
        balancer(NAMED, [albconfig(**changes)])


OFFICE = {"aclEntries": ["203.0.113.0/24"]}


@pytest.mark.parametrize(
    ("acl", "clients"),
    [
        ({**OFFICE, "aclType": "White"}, Clients(listed=True, networks=[IPv4Network("203.0.113.0/24")])),
        ({**OFFICE, "aclType": "Black"}, Clients(listed=False, networks=[IPv4Network("203.0.113.0/24")])),
        ({"aclType": "White"}, Clients(listed=True, networks=[])),
        ({**OFFICE, "aclType": "white"}, None),
        (OFFICE, None),
        (None, None),
    ],
)
def test_the_list_of_clients_is_read_as_ack_reads_it(
    albconfig: Build, acl: dict[str, Any] | None, clients: Clients | None
) -> None:
    found = balancer(NAMED, [albconfig(spec={"listeners": [{"port": 80, "aclConfig": acl}]})])

    assert found.http
    assert found.http.clients == clients
