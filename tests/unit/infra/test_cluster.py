"""The cluster's settings: what is refused, what is warned of, and what reaches ACK."""

from typing import Any

import pytest

from infra.stack import build
from tests.unit.conftest import Engine
from tests.unit.infra.samples import assert_told, found, guide, loaded, warnings
from tests.unit.sdk_types import mistakes

WINDOW = {"start": "02:00+08:00"}

# change → path, and a part of: found, allowed, mend
PROBLEMS: dict[str, tuple[dict[str, Any], str, str, str, str]] = {
    "control plane logs without ACK Pro": (
        {"cluster": {"spec": "ack.standard", "logs": {"controlPlane": ["apiserver"]}}},
        "cluster.logs.controlPlane", "asked for", "with cluster.spec ack.standard", "ack.pro.small",
    ),
    "encryption without ACK Pro": (
        {"cluster": {"spec": "ack.standard", "secretEncryption": {"kmsKeyId": "key-1"}}},
        "cluster.secretEncryption", "asked for", "with cluster.spec ack.standard", "ack.pro.small",
    ),
    "part of the control plane that there is not": (
        {"cluster__logs": {"controlPlane": ["etcd"]}},
        "cluster.logs.controlPlane[0]", '"etcd"', "one of apiserver, kcm", "",
    ),
    "part of the control plane twice": (
        {"cluster__logs": {"controlPlane": ["kcm", "apiserver", "kcm"]}},
        "cluster.logs.controlPlane[2]", '"kcm" a second time', "each once", "remove it",
    ),
    "no retention at all": (
        {"cluster__logs": {"retentionDays": 0}}, "cluster.logs.retentionDays", "0", "from 1 to 3650", "correct",
    ),
    "window without a time zone": (
        {"cluster__maintenance": {"start": "02:00"}},
        "cluster.maintenance.start", '"02:00"', "such as 02:00+08:00", "correct",
    ),
    "window on a day in short": (
        {"cluster__maintenance": {**WINDOW, "days": ["Mon"]}},
        "cluster.maintenance.days[0]", '"Mon"', "one of Monday", "did you mean Monday?",
    ),
    "upgrades without a window": (
        {"cluster__maintenance": {**WINDOW, "enabled": False, "autoUpgrade": "patch"}},
        "cluster.maintenance.autoUpgrade", '"patch" without a window', "maintenance.enabled: false", "enable",
    ),
    "key that is none": (
        {"cluster__secretEncryption": {"kmsKeyId": "my key"}},
        "cluster.secretEncryption.kmsKeyId", '"my key"', "the id of a KMS key", "correct",
    ),
    "autoscaler that never looks": (
        {"cluster__autoscaler": {"scanInterval": "1h"}},
        "cluster.autoscaler.scanInterval", '"1h"', "from 10s to 600s", "30s is ACK's own",
    ),
    "share above the whole": (
        {"cluster__autoscaler": {"utilizationThreshold": 50}},
        "cluster.autoscaler.utilizationThreshold", "50", "1", "correct",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("changes", "path", "value", "allowed", "mend"), PROBLEMS.values(), ids=PROBLEMS.keys())
def test_a_problem_is_found_and_told(changes: dict[str, Any], path: str, value: str, allowed: str, mend: str) -> None:
    assert_told(found(guide(**changes))[path], value, allowed, mend)


def test_ack_pro_may_have_what_standard_may_not() -> None:
    asked = {"logs": {"controlPlane": ["apiserver"]}, "secretEncryption": {"kmsKeyId": "key-1"}}

    assert found(guide(cluster=asked)) == {}


def test_a_window_is_warned_of_as_a_guess() -> None:
    def mentions(raw: dict[str, Any]) -> list[str]:
        return [one for one in warnings(raw) if "cluster.maintenance.start" in one]

    assert len(mentions(guide(cluster__maintenance=WINDOW))) == 1
    assert mentions(guide()) == []


def test_everything_asked_for_reaches_ack(engine: Engine) -> None:
    settings = loaded(guide(cluster={
        "rrsa": True,
        "logs": {"controlPlane": ["apiserver", "ccm"], "audit": True, "retentionDays": 7},
        "maintenance": {**WINDOW, "hours": 4, "days": ["Sunday"], "autoUpgrade": "patch"},
        "secretEncryption": {"kmsKeyId": "key-1"},
        "autoscaler": {"scanInterval": "1m", "gpuUtilizationThreshold": 0.9},
        "idleMinutes": 5,
    }))  # fmt: skip

    recorded = engine(lambda: build(settings, "ack-stable-diffusion", "test"))

    cluster = recorded.only("alicloud:cs/managedKubernetes:ManagedKubernetes")
    assert mistakes(cluster) == []
    assert cluster.inputs["enableRrsa"] is True
    assert cluster.inputs["controlPlaneLogComponents"] == ["apiserver", "ccm"]
    assert cluster.inputs["controlPlaneLogTtl"] == "7"
    assert cluster.inputs["auditLogConfig"] == {"enabled": True}
    assert cluster.inputs["maintenanceWindow"]["weeklyPeriod"] == "Sunday"
    assert cluster.inputs["operationPolicy"]["clusterAutoUpgrade"] == {"enabled": True, "channel": "patch"}
    assert cluster.inputs["encryptionProviderKey"] == "key-1"
    autoscaler = recorded.only("alicloud:cs/autoscalingConfig:AutoscalingConfig").inputs
    assert (autoscaler["scanInterval"], autoscaler["unneededDuration"]) == ("60s", "5m")
    assert (autoscaler["gpuUtilizationThreshold"], autoscaler["utilizationThreshold"]) == ("0.9", "0.5")
