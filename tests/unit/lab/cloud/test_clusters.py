"""Managed clusters: creation, reading, settings and deletion."""

import json
from collections.abc import Callable
from threading import Thread
from typing import Any

import pytest

from lab.cloud.account import Account
from lab.cloud.ack.fleet import Fleet, Node
from lab.cluster.commands import wait_until
from tests.unit.lab.cloud.api import Api, RefusedError
from tests.unit.lab.cloud.fakes import API_SERVER, FakeHands


def test_creating_a_cluster_starts_one_and_installs_its_first_addons(api: Api, hands: FakeHands) -> None:
    addons = [
        {"name": "terway-eniip", "config": '{"IPVlan":"false"}'},
        {"name": "nginx-ingress-controller", "disabled": True},
    ]
    cluster = api.cluster(addons=addons)

    assert hands.clusters == [cluster]
    assert hands.addons == {"terway-eniip": {"IPVlan": "false"}}
    assert api.cs("GET", f"/clusters/{cluster}")["state"] == "running"


def test_a_cluster_reads_back_what_it_was_created_with(api: Api) -> None:
    wanted = {
        "name": "sd",
        "cluster_spec": "ack.pro.small",
        "kubernetes_version": "1.35.7-aliyun.1",
        "service_cidr": "172.21.0.0/20",
        "proxy_mode": "iptables",
        "deletion_protection": True,
        "tags": [{"key": "app", "value": "sd"}],
    }
    read = api.cs("GET", f"/clusters/{api.cluster(**wanted)}")

    assert read["current_version"] == wanted.pop("kubernetes_version")
    assert {name: read[name] for name in wanted} == wanted


def test_a_cluster_shows_what_the_provider_fails_without(api: Api) -> None:
    read = api.cs("GET", f"/clusters/{api.cluster(endpoint_public_access=True, enable_rrsa=True)}")

    assert json.loads(read["meta_data"])["RRSAConfig"]["enabled"] is True
    assert json.loads(read["master_url"])["api_server_endpoint"] == API_SERVER
    assert read["vswitch_id"] == ",".join(read["vswitch_ids"])
    assert read["parameters"] == {}


def test_a_cluster_without_public_access_shows_no_public_endpoint(api: Api) -> None:
    read = api.cs("GET", f"/clusters/{api.cluster()}")

    assert list(json.loads(read["master_url"])) == ["intranet_api_server_endpoint"]


def test_the_kubeconfig_and_its_expiry_are_the_same_at_every_call(api: Api) -> None:
    path = f"/k8s/{api.cluster()}/user_config"

    assert api.cs("GET", path) == api.cs("GET", path, TemporaryDurationMinutes="60")
    assert "client-key-data" in api.cs("GET", path)["config"]


def test_the_lab_refuses_a_second_cluster_and_says_which_one_it_has(api: Api) -> None:
    first = api.cluster()

    with pytest.raises(RefusedError, match=first) as refused:
        api.cs("POST", "/clusters", {"name": "two", "vpcid": "v", "vswitch_ids": api.two_zones()})
    assert refused.value.code == "QuotaExceeded.Cluster"


def test_a_cluster_needs_vswitches_that_exist(api: Api) -> None:
    with pytest.raises(RefusedError, match="vsw-nope"):
        api.cs("POST", "/clusters", {"name": "sd", "vpcid": "v", "vswitch_ids": ["vsw-nope"]})


def test_a_cluster_that_cannot_start_fails_with_the_reason_and_can_be_deleted(api: Api, hands: FakeHands) -> None:
    hands.refuse.add("create_cluster")
    created = api.cs("POST", "/clusters", {"name": "sd", "vpcid": "v", "vswitch_ids": api.two_zones()})

    task = api.finish(created)
    assert task["state"] == "failed"
    assert "create_cluster was told to fail" in task["error"]["message"]
    assert api.cs("GET", f"/clusters/{created['cluster_id']}")["state"] == "failed"
    assert api.finish(api.cs("DELETE", f"/clusters/{created['cluster_id']}"))["state"] == "success"


Call = tuple[str, str, Any]
SETTINGS: list[tuple[str, Call, Callable[[Api, str], Any], Any]] = [
    (
        "name and protection",
        ("PUT", "/api/v2/clusters/{}", {"cluster_name": "new", "deletion_protection": True}),
        lambda api, c: [api.cs("GET", f"/clusters/{c}")[field] for field in ("name", "deletion_protection")],
        ["new", True],
    ),
    (
        "tags replace all tags",
        ("POST", "/clusters/{}/tags", [{"key": "env", "value": "dev"}]),
        lambda api, c: api.cs("GET", f"/clusters/{c}")["tags"],
        [{"key": "env", "value": "dev"}],
    ),
    (
        "version",
        ("POST", "/api/v2/clusters/{}/upgrade", {"next_version": "1.36.2-aliyun.1"}),
        lambda api, c: api.cs("GET", f"/clusters/{c}")["current_version"],
        "1.36.2-aliyun.1",
    ),
    (
        "edition",
        ("POST", "/clusters/{}/migrate", {"type": "ManagedKubernetes", "spec": "ack.pro.small"}),
        lambda api, c: api.cs("GET", f"/clusters/{c}")["cluster_spec"],
        "ack.pro.small",
    ),
    (
        "control plane log",
        ("PUT", "/clusters/{}/controlplanelog", {"log_project": "p", "components": ["kcm"]}),
        lambda api, c: api.cs("GET", f"/clusters/{c}/controlplanelog"),
        {"log_project": "p", "log_ttl": "30", "components": ["kcm"]},
    ),
    (
        "audit log",
        ("PUT", "/clusters/{}/audit_log", {"disable": False, "sls_project_name": "p"}),
        lambda api, c: api.cs("GET", f"/clusters/{c}/audit"),
        {"audit_enabled": True, "sls_project_name": "p"},
    ),
    (
        "encryption of secrets",
        ("PUT", "/clusters/{}/kms", {"kms_key_id": "key-1"}),
        lambda api, c: json.loads(api.cs("GET", f"/clusters/{c}")["meta_data"])["Capabilities"]["EncryptionKMSKeyId"],
        "key-1",
    ),
    (
        "autoscaler, whose two durations keep their meaning",
        (
            "POST",
            "/cluster/{}/autoscale/config/",
            {"scaler_type": "cluster-autoscaler", "cool_down_duration": "5m", "unneeded_duration": "10m"},
        ),
        lambda api, c: json.loads(api.cs("GET", f"/clusters/{c}/addon_instances/cluster-autoscaler")["config"]),
        {"ScaleDownDelayAfterAdd": "5m", "ScaleDownUnneededTime": "10m"},
    ),
]


@pytest.mark.parametrize(("call", "read", "expected"), [case[1:] for case in SETTINGS], ids=[c[0] for c in SETTINGS])
def test_a_setting_that_is_changed_reads_back(
    api: Api, call: Call, read: Callable[[Api, str], Any], expected: Any
) -> None:
    cluster = api.cluster()
    method, path, body = call
    api.cs(method, path.format(cluster), body)

    assert read(api, cluster) == expected


def test_deleting_a_cluster_takes_its_pools_nodes_and_addons_along(api: Api, hands: FakeHands) -> None:
    cluster = api.cluster(addons=[{"name": "metrics-server"}])
    api.pool(cluster, scaling_group={"desired_size": 2})

    assert api.finish(api.cs("DELETE", f"/clusters/{cluster}"))["state"] == "success"
    assert hands.deleted == [cluster]
    assert sorted(api.lab("GET", "/lab/left")) == ["vpc", "vswitch"]
    with pytest.raises(RefusedError) as refused:
        api.cs("GET", f"/clusters/{cluster}")
    assert (refused.value.status, refused.value.code) == (404, "ErrorClusterNotFound")


def test_a_cluster_goes_while_a_node_of_it_fails_to_join(
    api: Api, hands: FakeHands, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    cluster = api.cluster()
    api.pool(cluster, scaling_group={"desired_size": 1})
    fleet = account.container_service.fleet
    failing: list[Thread] = []

    def listed(pool_id: str | None = None) -> list[Node]:
        found = Fleet.nodes(fleet, pool_id)
        failing.append(Thread(target=fleet._gone, args=[found[0].name, 0]))
        failing[-1].start()
        # All the time it needs, if nothing holds it up.
        failing[-1].join(0.3)
        return found

    monkeypatch.setattr(fleet, "nodes", listed)

    assert api.finish(api.cs("DELETE", f"/clusters/{cluster}"))["state"] == "success"
    for one in failing:
        one.join()
    assert hands.deleted == [cluster]


def test_a_protected_cluster_cannot_be_deleted(api: Api, hands: FakeHands) -> None:
    cluster = api.cluster(deletion_protection=True)

    with pytest.raises(RefusedError, match="deletion_protection") as refused:
        api.cs("DELETE", f"/clusters/{cluster}")
    assert refused.value.code == "ErrorClusterDeletionProtected"
    assert hands.deleted == []


def test_a_cluster_holds_its_vswitches_until_it_is_gone(api: Api) -> None:
    vswitches = api.two_zones()
    cluster = api.cluster(vswitch_ids=vswitches)

    with pytest.raises(RefusedError, match=f"cluster {cluster}"):
        api.rpc("vpc", "DeleteVSwitch", VSwitchId=vswitches[0])
    api.finish(api.cs("DELETE", f"/clusters/{cluster}"))
    api.rpc("vpc", "DeleteVSwitch", VSwitchId=vswitches[0])


def test_an_addon_can_be_installed_configured_and_upgraded(api: Api, hands: FakeHands) -> None:
    cluster = api.cluster()
    instance = f"/clusters/{cluster}/addon_instances/knative"
    components = f"/clusters/{cluster}/components"
    with pytest.raises(RefusedError) as refused:
        api.cs("GET", instance)
    assert (refused.value.status, refused.value.code) == (404, "AddonNotFound")

    api.finish(api.cs("POST", f"{components}/install", [{"name": "knative"}]))
    api.finish(api.cs("POST", f"{components}/knative/config", {"config": '{"a":1}'}))
    api.finish(api.cs("POST", f"{components}/upgrade", [{"component_name": "knative", "next_version": "v2.0.0"}]))

    read = api.cs("GET", instance)
    assert (read["version"], read["config"], read["state"]) == ("v2.0.0", '{"a":1}', "active")
    assert hands.addons == {"knative": {"a": 1}}
    progress = api.cs("GET", f"{components}/upgradestatus", componentIds='["knative"]')
    assert progress["knative"]["tasks"]["status"] == "Success"


@pytest.mark.parametrize("config", ["{", "[1]"])
def test_an_addon_whose_config_is_no_json_object_is_refused_before_anything_happens(api: Api, config: str) -> None:
    cluster = api.cluster()

    with pytest.raises(RefusedError, match="config of addon knative"):
        api.cs("POST", f"/clusters/{cluster}/components/install", [{"name": "knative", "config": config}])
    with pytest.raises(RefusedError, match="404"):
        api.cs("GET", f"/clusters/{cluster}/addon_instances/knative")


def test_an_addon_can_be_chosen_as_in_the_console(api: Api, hands: FakeHands) -> None:
    instance = f"/clusters/{api.cluster()}/addon_instances/kourier"

    api.lab("POST", "/lab/addons", {"name": "kourier"})

    wait_until(lambda: api.cs("GET", instance)["state"] == "active", "the addon is there", timeout=60)
    assert hands.addons == {"kourier": {}}


def test_an_addon_that_fails_says_so_in_its_task_and_state(api: Api, hands: FakeHands) -> None:
    cluster = api.cluster()
    hands.refuse.add("install_addon")

    task = api.finish(api.cs("POST", f"/clusters/{cluster}/components/install", [{"name": "knative"}]))
    assert task["state"] == "failed"
    assert "install_addon was told to fail" in task["error"]["message"]
    assert api.cs("GET", f"/clusters/{cluster}/addon_instances/knative")["state"] == "failed"
