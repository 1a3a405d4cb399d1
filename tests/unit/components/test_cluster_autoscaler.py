from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pulumi
import pytest

from components.cluster_autoscaler import ClusterAutoscaler, ClusterAutoscalerArgs
from tests.unit.components.samples import node_pool
from tests.unit.conftest import Engine
from tests.unit.recorder import Registration
from tests.unit.sdk_types import mistakes

CONFIG = "alicloud:cs/autoscalingConfig:AutoscalingConfig"


def autoscaler(**changes: Any) -> Callable[[], ClusterAutoscaler]:
    def make() -> ClusterAutoscaler:
        args = ClusterAutoscalerArgs("c1", after=[node_pool("system")])
        return ClusterAutoscaler("autoscaler", replace(args, **changes))

    return make


def config(engine: Engine, **changes: Any) -> Registration:
    return engine(autoscaler(**changes)).only(CONFIG)


def test_both_idle_times_are_equal_because_the_provider_swaps_them(engine: Engine) -> None:
    inputs = config(engine, idle_minutes=25).inputs

    assert inputs["coolDownDuration"] == inputs["unneededDuration"] == "25m"


def test_the_numbers_are_text_as_ack_writes_it(engine: Engine) -> None:
    asked = {"scan_interval_seconds": 20, "utilization_threshold": 0.65, "gpu_utilization_threshold": 1}

    inputs = config(engine, **asked).inputs

    names = ("scanInterval", "utilizationThreshold", "gpuUtilizationThreshold")
    assert [inputs[name] for name in names] == ["20s", "0.65", "1"]


@pytest.mark.parametrize("expander", ["least-waste", "random"])
def test_without_priorities_the_expander_picks_the_pool(engine: Engine, expander: str) -> None:
    inputs = config(engine, expander=expander).inputs

    assert inputs["expander"] == expander
    assert "priorities" not in inputs


def test_pools_of_one_priority_stand_together(engine: Engine) -> None:
    inputs = config(engine, priorities={20: ["asg-a", pulumi.Output.from_input("asg-b")], 10: ["asg-c"]}).inputs

    assert inputs["expander"] == "priority"
    assert inputs["priorities"] == {"20": "asg-a,asg-b", "10": "asg-c"}


def test_it_belongs_to_the_component_and_comes_after_the_nodes(engine: Engine) -> None:
    registered = config(engine, priorities={1: ["asg-a"]})

    assert registered.parent == "autoscaler"
    assert registered.dependencies == {"system"}
    assert mistakes(registered) == []
