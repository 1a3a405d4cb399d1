import threading
from typing import Any

import pytest
from google.protobuf import empty_pb2

from lab.plugins.kubernetes.convert import load
from lab.plugins.kubernetes.readiness import parse
from lab.plugins.kubernetes.waiting import NotReadyError, Waiter, patience
from tests.unit.lab.plugins.calls import CallContext, CallFailedError, Stack
from tests.unit.lab.plugins.fake_api import FakeApi
from tests.unit.lab.plugins.samples import ready, service

WAITING = service(waitFor="condition=Ready")


class Script:
    """A controller that gives an object one status after another, one at each look."""

    def __init__(self, *statuses: str):
        self.statuses = list(statuses)

    def __call__(self, obj: dict[str, Any]) -> None:
        if len(self.statuses) > 1:
            ready(self.statuses.pop(0))(obj)
        else:
            ready(self.statuses[0])(obj)


def test_false_is_not_the_end_because_a_gpu_node_may_be_on_its_way(stack: Stack) -> None:
    stack.api.controllers.append(Script("Unknown", "False", "False", "True"))

    state = stack.create(WAITING)

    assert state["status"]["conditions"][0]["status"] == "True"


def test_progress_is_shown_once_per_change_and_cleared_at_the_end(stack: Stack) -> None:
    stack.api.controllers.append(Script("Unknown", "Unknown", "False", "True"))

    stack.create(WAITING)

    assert stack.lines.told == [
        "waiting for condition=Ready: no status yet",
        "waiting for condition=Ready: Ready=Unknown",
        "waiting for condition=Ready: Ready=False",
        "",
    ]


def test_an_object_that_does_not_become_ready_is_kept_with_the_reasons(stack: Stack) -> None:
    stack.api.controllers.append(ready("False", reason="RevisionMissing", message="no revision"))

    with pytest.raises(CallFailedError) as failed:
        stack.create(service(waitFor="condition=Ready", timeoutSeconds="0"))

    detail = failed.value.detail
    assert detail is not None
    assert detail.id == "default/api"
    assert detail.reasons[0] == "Service default/api: not condition=Ready after 0 s"
    assert load(detail.properties)["kind"] == "Service"
    assert load(detail.properties)["__fieldManager"].startswith("pulumi-kubernetes-")
    assert load(detail.inputs) == service(waitFor="condition=Ready", timeoutSeconds="0")


def test_an_update_that_does_not_become_ready_keeps_the_new_object(stack: Stack) -> None:
    state = stack.create(service("sd:1"))

    with pytest.raises(CallFailedError) as failed:
        stack.update(state, service("sd:2", waitFor="condition=Ready", timeoutSeconds="0"))

    assert failed.value.detail is not None
    kept = load(failed.value.detail.properties)
    assert kept["spec"]["template"]["spec"]["containers"] == [{"image": "sd:2"}]


def test_cancellation_ends_a_wait_at_once_and_says_what_was_waited_for(stack: Stack) -> None:
    stack.api.controllers.append(ready("Unknown"))
    stack.lines.on_line = lambda _: stack.provider.Cancel(empty_pb2.Empty(), CallContext()) and None

    with pytest.raises(CallFailedError, match="not condition=Ready when the update was cancelled"):
        stack.create(WAITING)


def test_an_object_deleted_by_somebody_else_is_not_waited_for(stack: Stack) -> None:
    stack.api.controllers.append(lambda obj: stack.api.drop(obj))

    with pytest.raises(CallFailedError, match="deleted by somebody else while Pulumi waited for condition=Ready"):
        stack.create(WAITING)


def test_a_moment_without_api_server_does_not_end_a_wait(stack: Stack) -> None:
    stack.api.controllers.append(Script("Unknown", "True"))

    outage = iter([True])

    def fail_once(line: str) -> None:
        stack.api.down = next(outage, False)

    stack.lines.on_line = fail_once
    state = stack.create(WAITING)

    assert state["status"]["conditions"][0]["status"] == "True"
    assert any(line.startswith("cannot reach the API server") for line in stack.lines.told)


def test_time_runs_out_when_the_patience_does() -> None:
    api, seconds = FakeApi(controllers=[ready("Unknown")]), iter(range(0, 100, 4))
    live = api.put(service())
    waiter = Waiter(api.client(), threading.Event(), lambda _: None, clock=lambda: next(seconds), interval=0)

    with pytest.raises(NotReadyError, match="not condition=Ready after 10 s"):
        waiter.until_ready(live, parse("condition=Ready"), 10)

    assert next(seconds) == 16, "it looked at 4 and 8 s and gave up at 12"


@pytest.mark.parametrize(
    ("custom", "annotated", "expected"), [(0, "", 600), (0, "90", 90), (30, "90", 30), (0, "soon", 600)]
)
def test_custom_timeouts_go_before_the_annotation_and_ten_minutes_are_the_rule(
    custom: float, annotated: str, expected: float
) -> None:
    assert patience(custom, annotated) == expected
