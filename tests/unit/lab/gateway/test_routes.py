from collections.abc import Callable
from typing import Any

import pytest

from lab.gateway.backends import Backend
from lab.gateway.kinds import KOURIER
from lab.gateway.kingress import CLASS_ANNOTATION, Ingress
from lab.gateway.routes import HostRoutes, host_routes, route_tables

Build = Callable[..., dict[str, Any]]

HOST = "sd.default.example.com"
AFFINITY = "serving.knative.dev.alibabacloud/affinity"
COOKIE_NAME = "serving.knative.dev.alibabacloud/cookie-name"
COOKIE_TIMEOUT = "serving.knative.dev.alibabacloud/cookie-timeout"


def routed(manifest: dict[str, Any]) -> HostRoutes:
    return host_routes(Ingress.model_validate(manifest))


def plain(routes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Without the doubles that answer probes."""
    probes = [
        route
        for route in routes
        if any(header["name"] == "K-Network-Hash" for header in route["match"].get("headers", []))
    ]
    return [route for route in routes if route not in probes]


def set_headers(holder: dict[str, Any]) -> dict[str, str]:
    return {each["header"]["key"]: each["header"]["value"] for each in holder["request_headers_to_add"]}


def cookie(routes: HostRoutes) -> dict[str, Any]:
    (per_route,) = plain(routes.external[HOST])[0]["typed_per_filter_config"].values()
    found: dict[str, Any] = per_route["stateful_session"]["session_state"]["typed_config"]["cookie"]
    return found


def test_a_split_is_weighted_and_each_part_gets_its_own_headers(kingress: Build) -> None:
    splits = [
        {
            "serviceNamespace": "default",
            "serviceName": name,
            "servicePort": 80,
            "percent": percent,
            "appendHeaders": {"Knative-Serving-Revision": name},
        }
        for name, percent in (("sd-00001", 90), ("sd-00002", 10))
    ]

    routes = routed(kingress(splits=splits))

    clusters = plain(routes.external[HOST])[0]["route"]["weighted_clusters"]["clusters"]
    assert [(each["name"], each["weight"], set_headers(each)) for each in clusters] == [
        ("default/sd-00001:80", 90, {"Knative-Serving-Revision": "sd-00001"}),
        ("default/sd-00002:80", 10, {"Knative-Serving-Revision": "sd-00002"}),
    ]
    assert routes.backends == {Backend("default", "sd-00001", "80"), Backend("default", "sd-00002", "80")}


def test_only_requests_that_reached_no_pod_are_tried_again(kingress: Build) -> None:
    (route,) = plain(routed(kingress()).external[HOST])

    assert route["route"]["retry_policy"]["retry_on"] == "connect-failure,refused-stream"


def test_a_tag_header_is_matched_before_the_path_without_one(kingress: Build) -> None:
    backend = {"serviceNamespace": "default", "serviceName": "sd", "servicePort": 80}
    tagged = {"headers": {"Knative-Serving-Tag": {"exact": "canary"}}, "splits": [{**backend, "serviceName": "canary"}]}

    routes = plain(routed(kingress(paths=[{"splits": [backend]}, tagged])).external[HOST])

    assert [route["route"]["weighted_clusters"]["clusters"][0]["name"] for route in routes] == [
        "default/canary:80",
        "default/sd:80",
    ]
    assert routes[0]["match"]["headers"] == [{"name": "Knative-Serving-Tag", "string_match": {"exact": "canary"}}]


def test_a_longer_path_is_matched_before_a_shorter_one(kingress: Build) -> None:
    splits = [{"serviceNamespace": "default", "serviceName": "sd", "servicePort": 80}]
    paths = [{"splits": splits}, {"path": "/.well-known", "splits": splits}]

    routes = plain(routed(kingress(paths=paths)).external[HOST])

    assert [route["match"]["prefix"] for route in routes] == ["/.well-known", "/"]


def test_a_probe_gets_the_hash_of_the_rule_it_went_through(kingress: Build) -> None:
    probe, request = routed(kingress()).external[HOST]

    assert probe["match"]["headers"] == [{"name": "K-Network-Hash", "string_match": {"exact": "override"}}]
    assert len(set_headers(probe)["K-Network-Hash"]) == 64
    assert "K-Network-Hash" not in set_headers(request)


def test_a_rewritten_host_reaches_the_backend(kingress: Build) -> None:
    splits = [{"serviceNamespace": "default", "serviceName": "sd", "servicePort": 80}]
    path = {"rewriteHost": "sd.default.svc.cluster.local", "splits": splits}

    (route,) = plain(routed(kingress(paths=[path])).external[HOST])

    assert route["route"]["host_rewrite_literal"] == "sd.default.svc.cluster.local"


def test_cluster_local_hosts_are_not_for_the_world(kingress: Build) -> None:
    routes = routed(kingress(hosts=["sd.default.svc.cluster.local"], visibility="ClusterLocal"))

    assert routes.external == {}
    assert set(routes.internal) == {"sd.default.svc.cluster.local", "sd.default.svc", "sd.default"}


def test_external_hosts_are_for_the_cluster_too(kingress: Build) -> None:
    routes = routed(kingress())

    assert routes.external == routes.internal


def test_the_guides_annotations_set_a_cookie(kingress: Build) -> None:
    routes = routed(kingress(annotations={AFFINITY: "cookie", COOKIE_NAME: "sd", COOKIE_TIMEOUT: "1800"}))

    assert cookie(routes) == {"name": "sd", "ttl": "1800s", "path": "/"}


def test_an_unnamed_cookie_has_albs_defaults(kingress: Build) -> None:
    assert cookie(routed(kingress(annotations={AFFINITY: "cookie"}))) == {
        "name": "SERVERID",
        "ttl": "1000s",
        "path": "/",
    }


def test_without_affinity_there_is_no_cookie(kingress: Build) -> None:
    (route,) = plain(routed(kingress(annotations={COOKIE_NAME: "sd"})).external[HOST])

    assert "typed_per_filter_config" not in route


def test_kourier_sets_no_cookie(kingress: Build) -> None:
    behind_kourier = {CLASS_ANNOTATION: KOURIER.ingress_class, AFFINITY: "cookie", COOKIE_TIMEOUT: "never"}

    (route,) = plain(routed(kingress(annotations=behind_kourier)).external[HOST])

    assert "typed_per_filter_config" not in route


@pytest.mark.parametrize("seconds", ["0", "86401", "30m", ""])
def test_a_cookie_time_that_alb_does_not_allow_is_refused_with_the_range(kingress: Build, seconds: str) -> None:
    manifest = kingress(annotations={AFFINITY: "cookie", COOKIE_TIMEOUT: seconds})

    with pytest.raises(ValueError, match=rf"cookie-timeout is '{seconds}': seconds from 1 to 86400"):
        routed(manifest)


def test_a_path_without_traffic_is_refused(kingress: Build) -> None:
    split = {"serviceNamespace": "default", "serviceName": "sd", "servicePort": 80, "percent": 0}

    with pytest.raises(ValueError, match="add up to 0 percent"):
        routed(kingress(splits=[split, split]))


def test_a_host_belongs_to_the_older_of_two_and_the_younger_is_told(kingress: Build) -> None:
    young = kingress("a-young", hosts=["shared.example.com"], created="2026-02-02T00:00:00Z")
    old = kingress("b-old", hosts=["shared.example.com"], created="2026-01-01T00:00:00Z")

    tables = route_tables(map(Ingress.model_validate, [young, old]))

    assert tables.backends == {Backend("default", "b-old", "80")}
    assert tables.refused == {
        ("default", "a-young"): (
            "host shared.example.com belongs to KIngress default/b-old, which is older: give this one another host"
        )
    }


def test_one_that_is_refused_leaves_the_others_alone(kingress: Build) -> None:
    bad = kingress("bad", annotations={AFFINITY: "cookie", COOKIE_TIMEOUT: "never"})

    tables = route_tables(map(Ingress.model_validate, [bad, kingress()]))

    assert set(tables.external) == {HOST}
    assert set(tables.refused) == {("default", "bad")}


def test_one_ingress_may_name_a_host_twice_and_its_first_rule_counts(kingress: Build) -> None:
    manifest = kingress()
    manifest["spec"]["rules"] += kingress("other", hosts=[HOST])["spec"]["rules"]

    (route,) = plain(routed(manifest).external[HOST])

    assert route["route"]["weighted_clusters"]["clusters"][0]["name"] == "default/sd:80"
