"""Knative as ACK ships it and the gateway in front of it, live: what ALB does by its documentation, seen here.

In this order: each test finds what those before it have declared.
"""

import http.client
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import yaml

from components.manifests import knative_config
from components.manifests.alb_config import AllowedClients, HttpsListener
from components.manifests.knative_service import CookieAffinity
from lab.browser import visit_page
from lab.cluster.api import has_condition
from lab.cluster.commands import wait_until
from lab.layout import Layout
from lab.lifecycle import bring_down, bring_up, left_in_account
from lab.tools.pulumi import CHECKOUT
from ops.image import request_image
from tests.lab.deployed import Deployed
from tests.lab.gateway_bench import ALB, ALBCONFIGS, KINGRESSES, NOBODY, PATIENCE, SERVICES, Bench, host

pytestmark = pytest.mark.lab

POLICY = "tls_cipher_policy_1_2_strict_with_1_3"
LOCAL, ELSEWHERE = ["127.0.0.0/8"], ["203.0.113.0/24"]


@pytest.fixture(scope="module")
def bench(layout: Layout) -> Iterator[Bench]:
    bring_up(layout)
    yield Bench(layout)
    bring_down(layout)


def test_a_service_before_its_flags_is_refused_in_knatives_words_and_taken_after_them(bench: Bench) -> None:
    features = knative_config.features()
    selector = {"kubernetes.io/os": "linux"}
    with pytest.raises(RuntimeError, match=r"400 .*must not set the field\(s\): spec\.template\.spec\.nodeSelector"):
        bench.declare("early", node_selector=selector)
    assert bench.api.get(f"{SERVICES}/early") is None

    bench.configure("features", features)

    wait_until(lambda: is_taken(bench, selector), "Knative has read its flags", timeout=PATIENCE)
    bench.api.wait_for(SERVICES, "Ready", ["early"], PATIENCE)


def is_taken(bench: Bench, selector: dict[str, str]) -> bool:
    try:
        bench.declare("early", node_selector=selector)
    except RuntimeError:
        return False
    return True


def test_albconfig_and_kingress_say_where_the_alb_is(bench: Bench) -> None:
    load_balancer = bench.load_balancer()

    assert [load_balancer["id"]] == bench.albs()
    assert has_condition(bench.api.get(f"{KINGRESSES}/early"), "Ready")
    assert bench.public_name("early") == load_balancer["dnsname"]


def test_a_host_that_no_service_has_is_answered_503(bench: Bench) -> None:
    assert bench.ask("early").status_code == 200
    assert bench.ask("nobody").status_code == 503


def test_a_request_past_the_listeners_timeout_is_answered_504_and_no_pod_is_asked_twice(bench: Bench) -> None:
    bench.serve("painter", image_seconds=4)
    bench.change_alb(request_timeout_seconds=1)

    wait_until(lambda: bench.paint("painter").status_code == 504, "the gateway is impatient", timeout=PATIENCE)

    bench.change_alb(request_timeout_seconds=60)
    wait_until(lambda: len(bench.requests_answered(504)) > 0, "the log is written", timeout=PATIENCE)
    assert all(line.endswith(" try=1") for line in bench.requests_answered(504))


def test_a_cookie_leads_back_to_its_pod_and_to_another_where_that_one_is_lost(bench: Bench) -> None:
    bench.serve("studio", pods=2, affinity=CookieAffinity("sd-ui", 600))
    seen = visit_page(bench.address, host("studio"), visits=20, first_seconds=PATIENCE, settle_seconds=PATIENCE)
    first = bench.ask("studio")
    cookies, lost = {"sd-ui": first.cookies["sd-ui"]}, first.headers["X-Pod"]

    assert len(set(seen.strangers)) == 2
    assert seen.returning == [seen.returning[0]] * 20
    assert bench.ask("studio", cookies=cookies).headers["X-Pod"] == lost
    bench.api.delete(f"/api/v1/namespaces/default/pods/{lost}")

    def another_answers() -> bool:
        pod: str = bench.ask("studio", cookies=cookies).headers.get("X-Pod", lost)
        return pod != lost

    wait_until(another_answers, "another pod answers", timeout=PATIENCE)


def test_what_is_under_way_outlives_changes_of_routes_and_listeners(bench: Bench) -> None:
    bench.answers("painter")
    wait_until(lambda: bench.paint("painter").status_code == 200, "the gateway is patient", timeout=PATIENCE)
    kept = http.client.HTTPConnection("127.0.0.1", bench.layout.gateway_port, timeout=PATIENCE)
    assert answer_on(kept, "early") == 200
    kept.auto_open = 0
    with ThreadPoolExecutor() as background:
        image = background.submit(bench.paint, "painter")
        bench.change_alb(https=HttpsListener(["1-cn-hangzhou"], POLICY), clients=AllowedClients("ours", LOCAL))
        bench.shakes_hands("early", ("1-cn-hangzhou", "TLSv1.3"))
        bench.declare("new")
        assert image.result().status_code == 200
    bench.api.wait_for(SERVICES, "Ready", ["new"], PATIENCE)

    assert answer_on(kept, "early") == 200
    kept.close()


def answer_on(connection: http.client.HTTPConnection, name: str) -> int:
    """Of a connection that is kept; raises NotConnected if it had to be made anew."""
    connection.request("GET", "/", headers={"Host": host(name)})
    answer = connection.getresponse()
    answer.read()
    return answer.status


def test_https_has_the_certificate_of_its_id_and_the_versions_of_its_policy(bench: Bench) -> None:
    bench.change_alb(https=HttpsListener(["2-cn-hangzhou"], "tls_cipher_policy_1_2"))

    bench.shakes_hands("early", ("2-cn-hangzhou", "TLSv1.2"))


def test_who_is_not_on_the_list_is_answered_403(bench: Bench) -> None:
    bench.change_alb(clients=AllowedClients("ours", ELSEWHERE))
    bench.answers("early", 403)

    bench.change_alb(clients=None)
    bench.answers("early", 200)


def test_an_envoy_that_is_killed_comes_back_with_all_it_served(bench: Bench) -> None:
    bench.kill("envoy")

    bench.answers("early")
    assert bench.ask("nobody").status_code == 503
    bench.shakes_hands("early", ("2-cn-hangzhou", "TLSv1.2"))


def test_a_controller_that_is_killed_is_missed_by_nobody_and_comes_back(bench: Bench) -> None:
    bench.kill("python")
    assert bench.ask("early").status_code == 200

    bench.serve("late")

    assert bench.ask("late").status_code == 200
    assert bench.ask("early").status_code == 200
    bench.shakes_hands("early", ("2-cn-hangzhou", "TLSv1.2"))


def test_the_example_for_a_cluster_of_ones_own_comes_and_goes(bench: Bench, tmp_path: Path) -> None:
    bench.hand.make_a_gpu_node(bench.vswitches)
    file = tmp_path / "source" / "Pulumi.studio.yaml"
    file.parent.mkdir()
    config = {"image": "dev.local/stable-diffusion:lab", "kubeconfig": bench.hand.kubeconfig()}
    file.write_text(yaml.safe_dump({"config": {f"own-cluster:{key}": value for key, value in config.items()}}))
    before = left_in_account(bench.layout)
    stack = Deployed(bench.layout, file, tmp_path, CHECKOUT / "examples" / "own-cluster")

    stack.up()
    image = request_image(bench.address, "stable-diffusion.studio.example.com", "a dog", tmp_path / "dog.png", PATIENCE)
    stack.run("up", "--yes", "--skip-preview", "--refresh", "--expect-no-changes")
    stack.destroy()

    assert (image.width, image.height) == (512, 512)
    assert bench.api.get("/api/v1/namespaces/studio") is None
    assert left_in_account(bench.layout) == before


def test_an_alb_of_others_is_lent_and_outlives_its_albconfig_but_our_own_goes_with_it(bench: Bench) -> None:
    own = bench.load_balancer()["id"]
    others = bench.hand.make_a_load_balancer("of-others", bench.vswitches)
    bench.lend_alb("lent", others)
    lent = bench.load_balancer("lent")
    bench.configure("network", {"albconfig": "lent"})
    wait_until(lambda: bench.public_name("early") == lent["dnsname"], "services are behind it", timeout=PATIENCE)
    assert bench.ask("early").status_code == 200

    for name in ("lent", ALB):
        bench.api.delete(f"{ALBCONFIGS}/{name}")
    wait_until(lambda: not bench.api.items(ALBCONFIGS), "the AlbConfigs go", timeout=PATIENCE)

    assert lent["id"] == others
    assert own != others
    assert bench.albs() == [others]


def test_kourier_takes_all_services_over_from_an_alb_with_404_for_unknown_hosts_and_without_cookies(
    bench: Bench,
) -> None:
    bench.configure("network", knative_config.network(knative_config.KourierIngress()))
    bench.answers("early", NOBODY)

    bench.hand.install("kourier")

    bench.serve("behind-kourier", affinity=CookieAffinity("sd-ui", 600))
    bench.answers("early")
    classes = {bench.ingress_class(name) for name in ("early", "behind-kourier")}
    assert classes == {knative_config.KOURIER_INGRESS_CLASS}
    answer = bench.ask("behind-kourier")
    assert (answer.status_code, dict(answer.cookies)) == (200, {})
    assert bench.ask("nobody").status_code == 404
    service = bench.api.get("/api/v1/namespaces/kourier-system/services/kourier") or {}
    assert service["status"]["loadBalancer"]["ingress"][0]["ip"]
