from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from components.manifests.knative_service import KnativeServiceSpec, knative_service
from components.manifests.probes import Probe
from components.manifests.reserve import Reserve, reserve_annotations

BASE = KnativeServiceSpec("ui", "studio", "dev.local/sd:1")
FILLED_IN = {"successThreshold": 1, "timeoutSeconds": 1}


def spec(**changes: Any) -> Any:
    return knative_service(replace(BASE, **changes))["spec"]


def test_without_a_revision_knative_names_it_and_sends_everything_to_the_newest() -> None:
    assert "name" not in spec()["template"]["metadata"]
    assert "traffic" not in spec()


def test_a_canary_names_both_revisions_and_gives_each_a_host() -> None:
    made = spec(revision="v7", traffic={"v6": 90, "v7": 10})

    assert made["template"]["metadata"]["name"] == "ui-v7"
    assert made["traffic"] == [
        {"revisionName": "ui-v6", "latestRevision": False, "percent": 90, "tag": "v6"},
        {"revisionName": "ui-v7", "latestRevision": False, "percent": 10, "tag": "v7"},
    ]


@pytest.mark.parametrize(
    ("revision", "asked", "said"),
    [
        (None, Probe(), {}),
        ("v7", Probe(), FILLED_IN),
        ("v7", Probe(timeout_seconds=5), {**FILLED_IN, "timeoutSeconds": 5}),
    ],
)
def test_a_named_revision_says_what_knative_does_not_fill_in_again(
    revision: str | None, asked: Probe, said: Mapping[str, int]
) -> None:
    container = spec(revision=revision, readiness=asked)["template"]["spec"]["containers"][0]

    assert {key: value for key, value in container["readinessProbe"].items() if key in FILLED_IN} == said


def test_latest_is_no_name_of_a_revision() -> None:
    made = spec(revision="v7", traffic={"v6": 100, "latest": 0})

    assert made["traffic"][1] == {"latestRevision": True, "percent": 0, "tag": "latest"}


def test_a_reserve_says_what_it_is_and_leaves_the_rest_to_ack() -> None:
    prefix = "knative.aliyun.com/reserve-instance"

    assert reserve_annotations(Reserve("ecs")) == {prefix: "enable", f"{prefix}-type": "ecs"}
    assert reserve_annotations(Reserve("eci", 2, [f"ecs.a.{size}" for size in range(7)])) == {
        prefix: "enable",
        f"{prefix}-type": "eci",
        f"{prefix}-replicas": "2",
        f"{prefix}-eci-use-specs": "ecs.a.0,ecs.a.1,ecs.a.2,ecs.a.3,ecs.a.4",
    }


def test_a_reserve_belongs_to_the_revision() -> None:
    annotations = spec(reserve=Reserve())["template"]["metadata"]["annotations"]

    assert annotations["knative.aliyun.com/reserve-instance"] == "enable"
