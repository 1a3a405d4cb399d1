from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from components.ack_cluster import AckCluster
from components.control_plane import ControlPlaneLogs, Maintenance, SecretEncryption
from tests.unit.components.samples import CLUSTER_ARGS
from tests.unit.conftest import Engine
from tests.unit.recorder import Registration
from tests.unit.sdk_types import mistakes

WINDOW = Maintenance("02:00+08:00", hours=3, days=["Monday", "Friday"])
OPTIONAL = {
    "enableRrsa", "controlPlaneLogComponents", "controlPlaneLogTtl", "auditLogConfig", "maintenanceWindow",
    "operationPolicy", "encryptionProviderKey", "disableEncryption",
}  # fmt: skip


def control_plane(engine: Engine, **changes: Any) -> Registration:
    recorded = engine(lambda: AckCluster("ack", replace(CLUSTER_ARGS, **changes)))
    return recorded.only("alicloud:cs/managedKubernetes:ManagedKubernetes")


def test_what_nobody_asked_for_is_left_to_ack(engine: Engine) -> None:
    assert not OPTIONAL & set(control_plane(engine).inputs)


# what is asked for → the arguments that it becomes; all others stay away
ASKED: dict[str, tuple[Mapping[str, Any], Mapping[str, Any]]] = {
    "roles for pods": ({"rrsa": True}, {"enableRrsa": True}),
    "logs of the control plane come with their retention": (
        {"logs": ControlPlaneLogs(["apiserver", "kcm"], 90)},
        {"controlPlaneLogComponents": ["apiserver", "kcm"], "controlPlaneLogTtl": "90"},
    ),
    "audit log": ({"audit_log": True}, {"auditLogConfig": {"enabled": True}}),
    "no audit log": ({"audit_log": False}, {"auditLogConfig": {"enabled": False}}),
    "window without upgrades takes an earlier upgrade policy back": (
        {"maintenance": WINDOW},
        {
            "maintenanceWindow": {
                "enable": True,
                "maintenanceTime": "2024-01-04T02:00:00.000+08:00",
                "duration": "3h",
                "weeklyPeriod": "Monday,Friday",
            },
            "operationPolicy": {"clusterAutoUpgrade": {"enabled": False, "channel": "patch"}},
        },
    ),
    "encryption is asked for in both of the provider's ways": (
        {"secret_encryption": SecretEncryption("key-1")},
        {"encryptionProviderKey": "key-1", "disableEncryption": False},
    ),
    "encryption is taken back without naming the key": (
        {"secret_encryption": SecretEncryption("key-1", enabled=False)},
        {"disableEncryption": True},
    ),
}


@pytest.mark.parametrize(("changes", "expected"), ASKED.values(), ids=ASKED.keys())
def test_what_is_asked_for_reaches_the_cluster(
    engine: Engine, changes: Mapping[str, Any], expected: Mapping[str, Any]
) -> None:
    registration = control_plane(engine, **changes)

    assert {key: value for key, value in registration.inputs.items() if key in OPTIONAL} == expected
    assert mistakes(registration) == []


@pytest.mark.parametrize(
    ("maintenance", "ignored"),
    [
        (WINDOW, []),
        (replace(WINDOW, auto_upgrade="stable"), ["version"]),
        (replace(WINDOW, auto_upgrade="stable", enabled=False), []),
    ],
    ids=["no upgrades", "upgrades", "upgrades without a window"],
)
def test_a_version_that_ack_changes_is_not_changed_back(
    engine: Engine, maintenance: Maintenance, ignored: list[str]
) -> None:
    registration = control_plane(engine, maintenance=maintenance)

    upgrade = registration.inputs["operationPolicy"]["clusterAutoUpgrade"]
    assert (list(registration.request.ignoreChanges), upgrade["enabled"]) == (ignored, bool(ignored))
