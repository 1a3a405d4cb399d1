import pytest
import yaml

from components.manifests import knative_config


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
    data = knative_config.deployment(1200, ["kind.local", "dev.local"])

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
        knative_config.network("knative-alb", pods_reachable_by_alb=False),
        knative_config.features(),
        knative_config.autoscaler(knative_config.Autoscaling()),
        knative_config.deployment(600, []),
        knative_config.domain("sd.example.org"),
    ]

    assert all(isinstance(value, str) for data in parts for value in data.values())
