import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from ops import verify
from ops.cli import app
from ops.hey import HeyReport
from ops.image import ImageError, ImageResult
from ops.pods import Moment, PodCount, PodsError

OUTPUTS = json.dumps(
    {
        "clusterId": "c1",
        "gatewayAddress": "alb.example.com",
        "kubeconfig": "apiVersion: v1",
        "namespace": "default",
        "services": {"sd": {"host": "sd.default.example.com", "url": "http://sd.default.example.com"}},
    }
)


class Pods:
    """Five pods under load, none afterwards; or one that stays."""

    peak = 5
    timeline = (Moment(0.0, PodCount()), Moment(2.0, PodCount(5, 5, 5)), Moment(30.0, PodCount()))
    count = 0

    def __enter__(self) -> "Pods":
        return self

    def __exit__(self, *_: object) -> None: ...

    def wait_until(self, count: int, timeout: float) -> float:
        if self.count != count:
            raise PodsError(f"{self.count} pods after {timeout:g} s, not {count}")
        return 12.0


@pytest.fixture
def asked() -> dict[str, Any]:
    """What the service was asked for."""
    return {}


@pytest.fixture
def pods() -> Pods:
    return Pods()


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, asked: dict[str, Any], pods: Pods) -> Callable[..., Any]:
    def request_image(address: str, host: str, prompt: str, out: Path, timeout: float) -> ImageResult:
        asked.update(address=address, host=host)
        return ImageResult(bytes=1000, seconds=9.5, width=512, height=512)

    def run_hey(address: str, host: str, requests: int, concurrency: int, timeout: int) -> HeyReport:
        asked.update(requests=requests, concurrency=concurrency)
        return HeyReport(total_seconds=20, statuses={200: requests})

    monkeypatch.setattr(verify, "request_image", request_image)
    monkeypatch.setattr(verify, "run_hey", run_hey)
    monkeypatch.setattr(verify, "PodWatch", lambda *_: pods)
    monkeypatch.chdir(tmp_path)
    return lambda *arguments, outputs=OUTPUTS: CliRunner().invoke(app, ["verify", *arguments], input=outputs)


def test_a_good_run_ends_with_status_0_and_its_figures(run: Callable[..., Any], asked: dict[str, Any]) -> None:
    result = run()

    assert result.exit_code == 0
    assert "50 of 50" in result.output
    assert "512×512" in result.output
    assert asked == {
        "address": "alb.example.com:80",
        "host": "sd.default.example.com",
        "requests": 50,
        "concurrency": 5,
    }


def test_another_address_replaces_the_stacks(run: Callable[..., Any], asked: dict[str, Any]) -> None:
    run("--address", "127.0.0.1:18080")

    assert (asked["address"], asked["host"]) == ("127.0.0.1:18080", "sd.default.example.com")


def test_a_service_behind_https_is_asked_by_the_name_of_its_certificate(
    run: Callable[..., Any], asked: dict[str, Any]
) -> None:
    run(outputs=OUTPUTS.replace("http://sd.", "https://sd."))

    assert asked["address"] == "https://sd.default.example.com"


def test_the_report_is_written_as_json(run: Callable[..., Any], tmp_path: Path) -> None:
    run("--report-file", "reports/verify.json")

    report = json.loads((tmp_path / "reports" / "verify.json").read_text())
    assert report["ok"] is True
    assert report["image"]["width"] == 512
    assert report["load"]["statuses"] == {"200": 50}
    assert report["pods"][1] == {"seconds": 2.0, "ready": 5, "active": 5, "total": 5}
    assert [check["ok"] for check in report["checks"]] == [True, True, True]


def test_a_broken_promise_ends_with_status_1_and_is_in_the_report(run: Callable[..., Any], tmp_path: Path) -> None:
    result = run("--max-seconds", "15", "--report-file", "verify.json")

    assert result.exit_code == 1
    assert "failed" in result.output
    assert json.loads((tmp_path / "verify.json").read_text())["ok"] is False


def test_a_pod_that_stays_is_a_broken_promise(run: Callable[..., Any], pods: Pods) -> None:
    pods.count = 1

    result = run("--zero-within", "3")

    assert result.exit_code == 1
    assert "1 pods after 3 s" in result.output


def test_without_an_image_there_is_nothing_to_judge(run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> ImageResult:
        raise ImageError("the service answered 503")

    monkeypatch.setattr(verify, "request_image", refuse)

    result = run()

    assert result.exit_code == 2
    assert "the service answered 503" in result.output


def test_outputs_that_are_none_are_refused(run: Callable[..., Any]) -> None:
    result = run(outputs="")

    assert result.exit_code == 2
    assert "pulumi stack output --json --show-secrets" in result.output
