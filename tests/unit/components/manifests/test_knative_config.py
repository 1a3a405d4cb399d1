import pytest
import yaml

from components.manifests import knative_config

EVERYTHING = knative_config.Autoscaling("60s", "30s", "0s", "5m", 70, 0, 5, 150, 20)
QUEUE_PROXY = knative_config.QueueProxy("50m", "1", "64Mi", "512Mi")


def test_every_flag_that_a_service_may_need_is_on_from_the_start() -> None:
    flags = knative_config.features()

    assert {"kubernetes.podspec-nodeselector", "kubernetes.podspec-tolerations"} <= flags.keys()
    assert set(flags.values()) == {"enabled"}, "Knative ignores any other word without complaint"


def test_one_request_per_pod_means_as_many_pods_as_requests() -> None:
    assert knative_config.autoscaler(knative_config.Autoscaling())["container-concurrency-target-percentage"] == "100"


def test_the_autoscaler_takes_the_times_that_are_set() -> None:
    data = knative_config.autoscaler(knative_config.Autoscaling("12s", "5s", "40s"))

    assert data["stable-window"] == "12s"
    assert data["scale-to-zero-grace-period"] == "5s"
    assert data["scale-to-zero-pod-retention-period"] == "40s"


def test_a_gpu_pool_at_zero_does_not_fail_a_revision() -> None:
    data = knative_config.deployment(knative_config.Deployments(1200, ["kind.local", "dev.local"]))

    assert data == {
        "pod-is-always-schedulable": "true",
        "progress-deadline": "1200s",
        "registries-skipping-tag-resolving": "kind.local,dev.local",
    }


@pytest.mark.parametrize("domain", ["example.com", "sd.example.org", "aaa.example.org"])
def test_exactly_one_domain_is_for_all_routes(domain: str) -> None:
    data = knative_config.domain(domain)

    for_all = [name for name, value in data.items() if not (yaml.safe_load(str(value)) or {}).get("selector")]
    assert for_all == [domain]


def test_the_domain_that_ack_ships_is_not_left_beside_another_one() -> None:
    assert "example.com" in knative_config.domain("sd.example.org")


def test_all_values_are_text_as_a_config_map_wants() -> None:
    parts = [
        knative_config.network(knative_config.AlbIngress("knative-alb", pods_reachable=False, https=True)),
        knative_config.features(),
        knative_config.autoscaler(EVERYTHING),
        knative_config.deployment(knative_config.Deployments(600, [], "30s", QUEUE_PROXY)),
        knative_config.domain("sd.example.org"),
    ]

    assert all(isinstance(value, str) for data in parts for value in data.values())


def test_what_is_not_said_stays_as_knative_ships_it() -> None:
    assert knative_config.autoscaler(knative_config.Autoscaling()).keys() == {
        "stable-window",
        "scale-to-zero-grace-period",
        "scale-to-zero-pod-retention-period",
        "enable-scale-to-zero",
        "container-concurrency-target-percentage",
        "allow-zero-initial-scale",
    }


def test_each_setting_of_the_autoscaler_has_its_key() -> None:
    data = knative_config.autoscaler(EVERYTHING)

    assert data["scale-down-delay"] == "5m"
    assert data["container-concurrency-target-percentage"] == "70"
    assert data["target-burst-capacity"] == "0"
    assert data["panic-window-percentage"] == "5"
    assert data["panic-threshold-percentage"] == "150"


def test_a_limit_for_all_services_is_also_what_services_without_one_get_because_knative_refuses_it_else() -> None:
    data = knative_config.autoscaler(EVERYTHING)

    assert data["max-scale-limit"] == data["max-scale"] == "20"


def test_each_setting_of_revisions_has_its_key() -> None:
    data = knative_config.deployment(knative_config.Deployments(600, [], "30s", QUEUE_PROXY))

    assert data["digest-resolution-timeout"] == "30s"
    assert {key: value for key, value in data.items() if key.startswith("queue-sidecar-")} == {
        "queue-sidecar-cpu-request": "50m",
        "queue-sidecar-cpu-limit": "1",
        "queue-sidecar-memory-request": "64Mi",
        "queue-sidecar-memory-limit": "512Mi",
    }


def test_only_an_overlay_network_turns_eni_off() -> None:
    assert knative_config.network(knative_config.AlbIngress("alb", pods_reachable=False))["eni"] == "false"
    assert "eni" not in knative_config.network(knative_config.AlbIngress("alb"))


def test_services_with_a_certificate_say_https_in_their_own_address() -> None:
    data = knative_config.network(knative_config.AlbIngress("alb", https=True))

    assert data["default-external-scheme"] == "https"


def test_kourier_brings_nothing_that_is_about_the_alb() -> None:
    assert knative_config.network(knative_config.KourierIngress()) == {
        "ingress.class": "kourier.ingress.networking.knative.dev",
        "mesh-compatibility-mode": "disabled",
    }
