from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from lab.gateway.kinds import KOURIER
from lab.gateway.status import Verdict, next_status

Build = Callable[..., dict[str, Any]]

FIRST, LATER = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC)
READY = Verdict("True")
WAITING = Verdict("Unknown", "EnvoyNotUpdated", "not yet")
REFUSED = Verdict("False", "Refused", "no")


def with_status(manifest: dict[str, Any], verdict: Verdict) -> dict[str, Any]:
    return {**manifest, "status": next_status(manifest, verdict, "alb.example.com", FIRST)}


def test_a_served_ingress_is_ready_behind_the_alb_and_inside_the_cluster(kingress: Build) -> None:
    status = next_status(kingress(generation=3), READY, "alb.example.com", FIRST)

    assert status is not None
    assert status["observedGeneration"] == 3
    assert {each["type"]: each["status"] for each in status["conditions"]} == {
        "LoadBalancerReady": "True",
        "NetworkConfigured": "True",
        "Ready": "True",
    }
    assert status["publicLoadBalancer"] == {"ingress": [{"domain": "alb.example.com"}]}
    assert status["privateLoadBalancer"] == {
        "ingress": [{"domainInternal": "alb-gateway.knative-serving.svc.cluster.local"}]
    }


def test_behind_kourier_its_two_services_are_named(kingress: Build) -> None:
    status = next_status(kingress(), READY, "", FIRST, KOURIER)

    assert status is not None
    assert status["publicLoadBalancer"] == {"ingress": [{"domainInternal": "kourier.kourier-system.svc.cluster.local"}]}
    assert status["privateLoadBalancer"] == {
        "ingress": [{"domainInternal": "kourier-internal.kourier-system.svc.cluster.local"}]
    }


def test_a_status_that_says_it_already_is_not_written_again(kingress: Build) -> None:
    assert next_status(with_status(kingress(), READY), READY, "alb.example.com", LATER) is None


@pytest.mark.parametrize("verdict", [WAITING, REFUSED])
def test_what_is_wrong_is_said_in_every_condition(kingress: Build, verdict: Verdict) -> None:
    status = next_status(kingress(), verdict, "", FIRST)

    assert status is not None
    assert {(each["status"], each["reason"], each["message"]) for each in status["conditions"]} == {
        (verdict.ready, verdict.reason, verdict.message)
    }


def test_waiting_does_not_take_back_what_is_still_served(kingress: Build) -> None:
    assert next_status(with_status(kingress(), READY), WAITING, "alb.example.com", LATER) is None


def test_waiting_is_said_of_a_new_generation(kingress: Build) -> None:
    changed = with_status(kingress(), READY)
    changed["metadata"]["generation"] = 2

    status = next_status(changed, WAITING, "alb.example.com", LATER)

    assert status is not None
    assert {each["status"] for each in status["conditions"]} == {"Unknown"}


def test_a_refusal_takes_back_ready(kingress: Build) -> None:
    status = next_status(with_status(kingress(), READY), REFUSED, "alb.example.com", LATER)

    assert status is not None
    assert {each["lastTransitionTime"] for each in status["conditions"]} == {"2026-01-02T00:00:00Z"}


def test_the_time_of_a_condition_is_when_it_changed(kingress: Build) -> None:
    changed = with_status(kingress(), READY)
    changed["metadata"]["generation"] = 2

    status = next_status(changed, READY, "alb.example.com", LATER)

    assert status is not None
    assert {each["lastTransitionTime"] for each in status["conditions"]} == {"2026-01-01T00:00:00Z"}
