from collections.abc import Callable
from typing import Any

import pytest

from lab.gateway.kinds import ALB
from lab.gateway.kingress import Ingress, Path, expanded_hosts, is_ours, probe_hash

SPLIT = {"serviceNamespace": "default", "serviceName": "sd", "servicePort": 80}


@pytest.mark.parametrize(
    ("percents", "weights"),
    [
        pytest.param([None], [100], id="one that is alone gets everything"),
        pytest.param([100], [100], id="and so it does when it says so"),
        pytest.param([90, 10], [90, 10], id="several get what they ask for"),
        pytest.param([100, None], [100], id="of several, no percent means none: JSON omits 0"),
        pytest.param([None, None], [], id="several without a percent get nothing"),
    ],
)
def test_traffic_goes_by_percent(percents: list[int | None], weights: list[int]) -> None:
    splits = [{**SPLIT, **({} if percent is None else {"percent": percent})} for percent in percents]

    path = Path.model_validate({"splits": splits})

    assert [weight for _, weight in path.weights()] == weights


def test_the_probe_hash_is_the_one_that_knatives_go_code_computes() -> None:
    """Both expected values come from encoding/json and sha256 over the structs of knative.dev/networking."""
    spec = {
        "httpOption": "Enabled",
        "tls": [{"hosts": ["é"], "secretName": "s"}],
        "rules": [
            {
                "visibility": "ExternalIP",
                "hosts": ["sd.default.example.com"],
                "http": {
                    "paths": [
                        {
                            "path": "/a",
                            "rewriteHost": "x.y",
                            "appendHeaders": {"B": "2", "A": "1"},
                            "headers": {"Knative-Serving-Tag": {"exact": "a<b>&c"}},
                            "splits": [
                                {
                                    **SPLIT,
                                    "percent": 90,
                                    "serviceName": "sd-00001",
                                    "appendHeaders": {
                                        "Knative-Serving-Revision": "sd-00001",
                                        "Knative-Serving-Namespace": "default",
                                    },
                                },
                                {**SPLIT, "percent": 0, "serviceName": "sd-00002", "servicePort": "http"},
                            ],
                        }
                    ]
                },
            }
        ],
    }
    ingress = Ingress.model_validate({"metadata": {"namespace": "default", "name": "sd"}, "spec": spec})

    assert probe_hash(ingress) == "16b31f7b31b3068ea0087aad73d59be418391c24c96c5aa279419124a3d46c7e"


@pytest.mark.parametrize(
    ("host", "expanded"),
    [
        ("sd.default.example.com", ["sd.default.example.com"]),
        (
            "sd.default.svc.cluster.local",
            ["sd.default.svc.cluster.local", "sd.default.svc", "sd.default"],
        ),
        ("sd.1234.svc.cluster.local", ["sd.1234.svc.cluster.local", "sd.1234.svc"]),
    ],
)
def test_cluster_local_hosts_answer_to_their_short_names_unless_those_look_like_numbers(
    host: str, expanded: list[str]
) -> None:
    assert expanded_hosts((host,)) == expanded


@pytest.mark.parametrize(
    ("changes", "ours"),
    [
        ({}, True),
        ({"annotations": {"networking.knative.dev/ingress.class": "kourier.ingress.networking.knative.dev"}}, False),
        ({"annotations": None}, False),
        ({"deletionTimestamp": "2026-01-01T00:00:00Z"}, False),
    ],
)
def test_only_live_ingresses_of_the_alb_class_are_served(
    kingress: Callable[..., dict[str, Any]], changes: dict[str, Any], ours: bool
) -> None:
    manifest = kingress()
    manifest["metadata"].update(changes)

    assert is_ours(manifest, ALB.ingress_class) is ours
