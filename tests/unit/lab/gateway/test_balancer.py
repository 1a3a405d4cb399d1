from collections.abc import Callable
from ipaddress import IPv4Network
from typing import Any

import pytest

from lab.gateway.balancer import Balancer, BalancerNotReadyError, Clients, balancer

Build = Callable[..., dict[str, Any]]

NAMED = {"albconfig": "knative-alb"}


def test_the_listener_on_port_80_sets_the_timeouts(albconfig: Build) -> None:
    other = albconfig("other", spec={"listeners": [{"port": 80, "requestTimeout": 5}]})

    assert balancer(NAMED, [other, albconfig()]) == Balancer(600, 60, "alb-1.cn-shanghai.alb.aliyuncsslb.com")


def test_a_listener_that_says_nothing_has_albs_defaults(albconfig: Build) -> None:
    found = balancer(NAMED, [albconfig(spec={"listeners": [{"port": 80}]})])

    assert (found.request_timeout_seconds, found.idle_timeout_seconds) == (60, 15)


def test_without_an_albconfig_in_config_network_the_defaults_hold() -> None:
    assert balancer({}, []) == Balancer(60, 15, "")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"metadata": {"name": "typo"}}, r"'knative-alb', which does not exist \(there are: typo\)"),
        ({"status": {}}, "'knative-alb' has no ALB yet"),
        ({"status": None}, "'knative-alb' has no ALB yet"),
        ({"spec": {"listeners": [{"port": 443}]}}, r"does not listen on port 80 \(it listens on: 443\)"),
        (
            {"spec": {"listeners": [{"port": 80, "aclConfig": {"aclType": "White", "aclEntries": ["10.0.0.1/8"]}}]}},
            "lists a client that is no IPv4 network: 10.0.0.1/8",
        ),
        ({"spec": {}}, r"does not listen on port 80 \(it listens on: none\)"),
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

    assert found.clients == clients
