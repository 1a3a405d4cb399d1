"""The main job, end to end: what `make demo` shows, asserted."""

import struct

import pytest

from lab.demo import API, CONCURRENCY, REQUESTS, TO_IMAGE, TO_ZERO, UI, VISITS, DemoReport
from lab.tools.pulumi import FOLDER
from tests.lab import snapshot

pytestmark = pytest.mark.lab
PNG = b"\x89PNG\r\n\x1a\n"


def test_every_step_passes(demo: DemoReport) -> None:
    assert demo.failed == []


def test_the_page_comes_through_the_gateway_and_its_cookie_leads_back_to_the_pod(demo: DemoReport) -> None:
    page = demo.page
    assert page is not None
    assert page.cookie == "sd-ui"
    assert len(set(page.strangers)) > 1
    assert page.returning == [page.returning[0]] * VISITS


def test_an_image_comes_through_the_gateway(demo: DemoReport) -> None:
    data = (FOLDER / "demo.png").read_bytes()

    assert data.startswith(PNG)
    assert struct.unpack(">II", data[16:24]) == (512, 512)
    assert demo.image is not None
    assert demo.image.bytes == len(data)


def test_all_requests_of_the_load_test_are_answered(demo: DemoReport) -> None:
    assert demo.load is not None
    assert demo.load.succeeded == REQUESTS


def test_pods_follow_the_concurrency_and_go_to_zero(demo: DemoReport) -> None:
    assert (demo.peak_pods, demo.final_pods) == (CONCURRENCY, {API: 0, UI: 0})


def test_a_request_brings_a_gpu_node_from_nothing_and_idle_ones_go(demo: DemoReport) -> None:
    assert set(demo.timelines) == {TO_IMAGE, TO_ZERO}
    for steps in demo.timelines.values():
        ends = [step.seconds for step in steps]
        assert ends[0] > 0
        assert ends == sorted(ends)


def test_nothing_changes_after_up(demo: DemoReport) -> None:
    assert (demo.changes_after_up, demo.changes_after_refresh) == (False, False)


def test_destroy_leaves_no_object_in_account_and_cluster(demo: DemoReport) -> None:
    assert demo.left_in_account == {}


def test_the_machine_is_as_it_was_before(demo: DemoReport, machine_before: snapshot.Snapshot) -> None:
    assert demo.left_on_machine == []
    assert snapshot.left_behind(machine_before, snapshot.take()) == {}
