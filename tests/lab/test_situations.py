"""A lab that is up already, half up, in the way of another program, or interrupted: each said, nothing left behind."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace

import pytest

from lab import lifecycle
from lab.cluster.teardown import leftovers
from lab.demo import demonstrate
from lab.layout import Layout
from lab.lifecycle import LabError, bring_down, bring_up, is_up
from lab.takeover import tear_note
from lab.tools.pulumi import CHECKOUT
from tests.lab import snapshot
from tests.lab.kills import kill_the_account

pytestmark = pytest.mark.lab
MAKES_THE_CLUSTER = "ack-cluster creating"


@pytest.fixture(autouse=True)
def _clean(layout: Layout) -> Iterator[None]:
    yield
    bring_down(layout)


def make_a_bucket(layout: Layout) -> None:
    with lifecycle.control(layout) as account:
        account.post("/lab/buckets", json={"name": "kept-here", "region": "cn-shanghai"}).raise_for_status()


def test_a_second_up_has_nothing_to_do(layout: Layout, capsys: pytest.CaptureFixture[str]) -> None:
    bring_up(layout)
    before = lifecycle.left_in_account(layout)

    bring_up(layout)

    assert is_up(layout)
    assert lifecycle.left_in_account(layout) == before


def test_the_demo_wants_to_start_from_nothing(layout: Layout) -> None:
    bring_up(layout)

    with pytest.raises(LabError, match=r"up already.*Mend: `make lab-down`"):
        demonstrate(layout)


def test_a_lab_whose_account_was_killed_goes_on_with_the_next_up(layout: Layout) -> None:
    bring_up(layout)
    make_a_bucket(layout)
    kill_the_account(layout)
    assert not is_up(layout)

    bring_up(layout)

    assert lifecycle.left_in_account(layout) == {"oss-bucket": ["kept-here"]}


def test_what_nobody_can_go_on_with_is_cleaned_by_the_next_up(layout: Layout) -> None:
    bring_up(layout)
    make_a_bucket(layout)
    kill_the_account(layout)
    # As a `down` that is killed leaves it.
    tear_note(layout)
    assert leftovers(layout)

    bring_up(layout)

    assert lifecycle.left_in_account(layout) == {}


def test_a_busy_port_is_named_with_its_variable_and_nothing_is_started(layout: Layout) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]

        with pytest.raises(LabError, match=rf"127\.0\.0\.1 at {port} \(LAB_GATEWAY_PORT\)\. Mend:"):
            bring_up(replace(layout, gateway_port=port))

    assert leftovers(layout) == []


def test_an_interrupt_while_the_cluster_is_made_leaves_nothing_after_down(layout: Layout) -> None:
    before = snapshot.take()
    command = [sys.executable, "-m", "lab", "demo"]
    with subprocess.Popen(
        command, cwd=CHECKOUT, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True
    ) as demo:
        assert demo.stdout is not None
        said = []
        for line in demo.stdout:
            said.append(line)
            if MAKES_THE_CLUSTER in line:
                # To the whole group, as a terminal does.
                os.killpg(demo.pid, signal.SIGINT)
                break
        said += demo.stdout.readlines()

    assert demo.returncode != 0
    assert "Traceback" not in "".join(said)
    assert bring_down(layout) == []
    assert snapshot.left_behind(before, snapshot.take()) == {}
