"""`make demo`: the main job on the lab, from nothing to a generated image and back, step by step and timed."""

import contextlib
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from rich.console import Console
from rich.table import Table

from lab.browser import PageVisits, visit_page
from lab.layout import Layout
from lab.lifecycle import LabError, bring_down, bring_up, is_up, left_in_account
from lab.timeline import SeenPods, Step, node_events, table, to_image, to_zero, wait_for_zero_nodes
from lab.tools.install import install_pulumi
from lab.tools.pulumi import FOLDER
from lab.workspace import Workspace, lab_workspace
from ops.hey import HeyReport
from ops.image import ImageResult, request_image
from ops.loadtest import PROMPT, run_hey
from ops.outputs import StackOutputs
from ops.pods import PodWatch

API, UI = "stable-diffusion", "ui"
REQUESTS, CONCURRENCY = 50, 5
VISITS = 10
SETTLE_SECONDS = 30.0  # in which Knative's activator leaves the UI's path
FIRST_ANSWER_SECONDS = 180.0  # one GPU node may have to join first
ZERO_SECONDS = 120.0
TO_IMAGE, TO_ZERO = "from zero GPU nodes to an image", "back to zero GPU nodes"
IMAGE = FOLDER / "demo.png"
NO_CHANGES = "--expect-no-changes"
CONSOLE = Console(highlight=False)


@dataclass
class DemoReport:
    """What happened; `failed` is empty when everything did what it should."""

    steps: list[tuple[str, float, str]] = field(default_factory=list)
    page: PageVisits | None = None
    image: ImageResult | None = None
    load: HeyReport | None = None
    peak_pods: int = 0
    final_pods: dict[str, int] = field(default_factory=dict)
    timelines: dict[str, list[Step]] = field(default_factory=dict)
    changes_after_up: bool = True
    changes_after_refresh: bool = True
    left_in_account: dict[str, list[str]] | None = None
    left_on_machine: list[str] | None = None
    failed: list[str] = field(default_factory=list)


class _Load(NamedTuple):
    """ended: when the last answer was there, in seconds since 1970."""

    ended: float
    pods: SeenPods


def run_demo(layout: Layout) -> bool:
    """Runs the demo and prints its summary; whether everything did what it should."""
    report = demonstrate(layout)
    _summary(report)
    return not report.failed


def demonstrate(layout: Layout) -> DemoReport:
    """The steps of the demo. A failure leaves the lab as it is, to be looked at."""
    if is_up(layout):
        raise LabError("a lab is up already, and the demo starts from nothing. Mend: `make lab-down`, then again.")
    report = DemoReport()
    workspace = lab_workspace(layout, install_pulumi())
    try:
        with _step(report, "lab up"):
            bring_up(layout, afresh=True)
        _deploy(report, workspace)
        outputs = _outputs(workspace)
        load = _serve(report, layout, outputs)
        _unchanged(report, workspace)
        _from_zero_nodes(report, layout, outputs, load)
        _destroy(report, layout, workspace)
    except (LabError, RuntimeError, OSError, subprocess.CalledProcessError) as problem:
        report.failed.append(str(problem))
        CONSOLE.print("the lab is left as it is: `make lab-status` looks, `make lab-down` removes it")
        return report
    with _step(report, "lab down") as tell:
        report.left_on_machine = bring_down(layout)
        tell(f"{len(report.left_on_machine)} things left on the machine")
    _judge(report)
    return report


def _deploy(report: DemoReport, workspace: Workspace) -> None:
    with _step(report, "pulumi up") as tell:
        workspace.prepare()
        _pulumi(workspace, "up", "--yes", "--skip-preview")
        tell(f"stack {workspace.stack}")


def _outputs(workspace: Workspace) -> StackOutputs:
    return StackOutputs.parse(workspace.outputs())


def _serve(report: DemoReport, layout: Layout, outputs: StackOutputs) -> _Load:
    address, host = _address(layout), outputs.services[API].host
    with _step(report, "one image") as tell:
        report.image = _image(layout, outputs, IMAGE)
        tell(f"{report.image.bytes} bytes, {report.image.width} × {report.image.height} pixels, in {IMAGE}")
    with _step(report, "page") as tell:
        report.page = visit_page(address, outputs.services[UI].host, VISITS, FIRST_ANSWER_SECONDS, SETTLE_SECONDS)
        tell(_page(report.page))
    began = time.time()
    with _watch(outputs, API) as pods, _watch(outputs, UI) as ui_pods:
        with _step(report, "load test") as tell:
            report.load = run_hey(address, host, requests=REQUESTS, concurrency=CONCURRENCY)
            ended = time.time()
            report.peak_pods = pods.peak
            tell(f"{report.load.succeeded} of {REQUESTS} answered 200, highest pods {pods.peak}")
        with _step(report, "scale to zero") as tell:
            for name, watch in ((API, pods), (UI, ui_pods)):
                watch.wait_until(0, ZERO_SECONDS)
                report.final_pods[name] = watch.count
            tell(", ".join(f"{count} pods of {name}" for name, count in report.final_pods.items()))
    return _Load(ended, SeenPods(began, pods.timeline))


def _from_zero_nodes(report: DemoReport, layout: Layout, outputs: StackOutputs, load: _Load) -> None:
    with _step(report, "zero GPU nodes"):
        events = wait_for_zero_nodes(layout, ZERO_SECONDS)
        report.timelines[TO_ZERO] = to_zero(load.ended, load.pods, events)
    began = time.time()
    with _watch(outputs, API) as pods, _step(report, "image from zero nodes"):
        asked = time.time()
        _image(layout, outputs, FOLDER / "demo-from-zero.png")
        answered = time.time()
    seen = SeenPods(began, pods.timeline)
    report.timelines[TO_IMAGE] = to_image(asked, answered, seen, node_events(layout))


def _image(layout: Layout, outputs: StackOutputs, file: Path) -> ImageResult:
    return request_image(_address(layout), outputs.services[API].host, PROMPT, file, FIRST_ANSWER_SECONDS)


def _address(layout: Layout) -> str:
    return f"127.0.0.1:{layout.gateway_port}"


def _watch(outputs: StackOutputs, service: str) -> PodWatch:
    return PodWatch(outputs.kubeconfig, outputs.namespace, service)


def _page(seen: PageVisits) -> str:
    return (
        f"{len(set(seen.strangers))} pods answered visitors, {len(set(seen.returning))} the one who brought "
        f"the cookie {seen.cookie} along ({VISITS} visits each, all answered 200)"
    )


def _unchanged(report: DemoReport, workspace: Workspace) -> None:
    with _step(report, "second preview") as tell:
        _pulumi(workspace, "preview", NO_CHANGES)
        report.changes_after_up = False
        tell("no changes")
    with _step(report, "refresh") as tell:
        _pulumi(workspace, "refresh", "--yes", NO_CHANGES)
        report.changes_after_refresh = False
        tell("no changes")


def _destroy(report: DemoReport, layout: Layout, workspace: Workspace) -> None:
    with _step(report, "pulumi destroy") as tell:
        _pulumi(workspace, "destroy", "--yes", "--skip-preview")
        report.left_in_account = left_in_account(layout)
        tell(f"{sum(map(len, report.left_in_account.values()))} objects left in account and cluster")


def _pulumi(workspace: Workspace, verb: str, *arguments: str) -> None:
    if status := workspace.run(verb, arguments).returncode:
        raise RuntimeError(f"`pulumi {verb} {' '.join(arguments)}` ended with status {status}; its output is above")


@contextlib.contextmanager
def _step(report: DemoReport, name: str) -> Iterator[Callable[[str], None]]:
    """One line when it starts, one with its time when it ends, whichever way."""
    CONSOLE.print(f"[bold]→ {name}[/bold]")
    start, remarks, sign = time.monotonic(), [""], "✓"
    try:
        yield remarks.append
    except BaseException:
        remarks.append("failed")
        sign = "✗"
        raise
    finally:
        seconds = time.monotonic() - start
        report.steps.append((name, seconds, remarks[-1]))
        CONSOLE.print(f"[bold]{sign} {name}[/bold]  {seconds:.1f} s  {remarks[-1]}", soft_wrap=True)


def _judge(report: DemoReport) -> None:
    """Writes down what differs from what the guide promises."""
    wrong = {
        "one pod for a visitor with the cookie, several for others": not (report.page and report.page.sticky),
        f"{REQUESTS} answers with status 200": report.load is None or report.load.succeeded != REQUESTS,
        f"{CONCURRENCY} pods at the most": report.peak_pods != CONCURRENCY,
        "a GPU node that came for a request and went": set(report.timelines) != {TO_IMAGE, TO_ZERO},
        "no pods at the end": report.final_pods != {API: 0, UI: 0},
        "nothing left in the account": report.left_in_account != {},
        "nothing left on the machine": report.left_on_machine != [],
    }
    report.failed += [f"expected {promise}" for promise, broken in wrong.items() if broken]


def _summary(report: DemoReport) -> None:
    steps = Table("step", "seconds", "result", title="demo")
    for name, seconds, remark in report.steps:
        steps.add_row(name, f"{seconds:.1f}", remark)
    steps.add_row("all", f"{sum(step[1] for step in report.steps):.1f}", "failed" if report.failed else "passed")
    CONSOLE.print(steps)
    for title, timeline in report.timelines.items():
        CONSOLE.print(table(title, timeline))
    for problem in report.failed:
        CONSOLE.print(f"[red]failed:[/red] {problem}", soft_wrap=True)
