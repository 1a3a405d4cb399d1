from typing import Any

from lab.plugins.kubernetes.story import blockers, why
from tests.unit.lab.plugins.fake_api import FakeApi
from tests.unit.lab.plugins.samples import config_map, service


def revision(*conditions: dict[str, Any]) -> dict[str, Any]:
    return {
        "apiVersion": "serving.knative.dev/v1",
        "kind": "Revision",
        "metadata": {"name": "api-00001"},
        "status": {"conditions": list(conditions)},
    }


def pod(status: dict[str, Any]) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "api-00001-x"}, "status": status}


def unready(api: FakeApi) -> dict[str, Any]:
    condition = {"type": "Ready", "status": "Unknown"}
    return api.put({**service(), "status": {"conditions": [condition], "latestCreatedRevisionName": "api-00001"}})


def test_a_bad_image_is_named_although_the_service_says_only_unknown() -> None:
    api = FakeApi()
    api.put(revision({"type": "ContainerHealthy", "status": "Unknown"}, {"type": "Active", "status": "True"}))
    waiting = {"waiting": {"reason": "ImagePullBackOff", "message": "Back-off pulling image sd:typo"}}
    containers = [{"name": "user-container", "state": waiting}, {"name": "queue-proxy", "state": {"running": {}}}]
    api.put(pod({"phase": "Pending", "containerStatuses": containers}))

    assert why(api.client(), unready(api)) == [
        "Ready=Unknown",
        "Revision api-00001: ContainerHealthy=Unknown",
        "Pod default/api-00001-x; Pending; "
        "container user-container waiting: ImagePullBackOff Back-off pulling image sd:typo",
    ]


def test_a_pod_without_a_node_says_what_it_lacks() -> None:
    api = FakeApi()
    api.put(revision())
    condition = {"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": "0/1 nodes"}
    api.put(pod({"phase": "Pending", "conditions": [condition]}))

    assert why(api.client(), unready(api))[-1] == (
        "Pod default/api-00001-x; Pending; PodScheduled=False (Unschedulable): 0/1 nodes"
    )


def test_no_pod_at_all_is_said_too() -> None:
    api = FakeApi()
    api.put(revision())

    assert why(api.client(), unready(api))[-1] == "Revision api-00001 has no pod"


def test_what_cannot_be_learned_does_not_hide_the_rest() -> None:
    lines = why(FakeApi().client(), unready(FakeApi()))

    assert lines[0] == "Ready=Unknown"
    assert lines[1].startswith("(no more to learn: ")


def test_conditions_that_are_not_true_come_first() -> None:
    conditions = [{"type": "A", "status": "True"}, {"type": "B", "status": "False", "reason": "Why", "message": "m"}]

    assert why(FakeApi().client(), {**config_map({}), "status": {"conditions": conditions}}) == [
        "B=False (Why): m",
        "A=True",
    ]


def test_finalizers_and_what_is_left_in_a_namespace_are_named() -> None:
    namespace = {
        "kind": "Namespace",
        "metadata": {"name": "sd", "finalizers": ["mine/x"]},
        "spec": {"finalizers": ["kubernetes"]},
        "status": {"conditions": [{"type": "NamespaceContentRemaining", "status": "True", "message": "2 pods"}]},
    }

    assert blockers(namespace) == "held by mine/x, kubernetes; NamespaceContentRemaining=True: 2 pods"
    assert blockers({"kind": "Pod", "metadata": {"name": "p"}}) == "waiting for what it owns"
