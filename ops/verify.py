"""The guide's verification of a running service: an image, then load, while pods are counted from zero to zero."""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from ops.hey import HeyReport
from ops.image import ImageResult, request_image
from ops.loadtest import PROMPT, REQUEST_TIMEOUT_SECONDS, run_hey
from ops.pods import Moment, PodsError, PodWatch
from ops.verdict import Check, Limits, judge


@dataclass(frozen=True)
class Target:
    """address: host:port of the gateway, or https://host; host: the service's Host header; kubeconfig: its text."""

    address: str
    host: str
    kubeconfig: str
    namespace: str
    service: str


@dataclass(frozen=True)
class Plan:
    """Times in seconds; zero_within: how long after the last request the last pod may be there.

    The first image has a limit of its own: it waits for a node, an image pull and a model load, up to ALB's own limit.
    """

    image_file: Path
    limits: Limits = field(default_factory=Limits)
    concurrency: int = 5
    first_image_timeout: float = 600
    request_timeout: int = REQUEST_TIMEOUT_SECONDS
    zero_within: float = 300


@dataclass(frozen=True)
class Report:
    image: ImageResult
    load: HeyReport
    pods: Sequence[Moment]
    checks: Sequence[Check]

    @property
    def ok(self) -> bool:
        return all(check.ok for check in self.checks)

    def write(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        pods = [{"seconds": round(moment.seconds, 1), **moment.pods._asdict()} for moment in self.pods]
        content = {"ok": self.ok, **asdict(self), "pods": pods}
        path.write_text(json.dumps(content, indent=2) + "\n")


def verify(target: Target, plan: Plan, say: Callable[[str], None]) -> Report:
    """Raises ImageError or HeyError where there is nothing to judge; what went wrong under load is in the report."""
    with PodWatch(target.kubeconfig, target.namespace, target.service) as pods:
        image = request_image(target.address, target.host, PROMPT, plan.image_file, plan.first_image_timeout)
        say(f"image of {image.width}×{image.height} in {image.seconds:.1f} s: {plan.image_file} ({image.bytes} bytes)")
        load = run_hey(target.address, target.host, plan.limits.requests, plan.concurrency, plan.request_timeout)
        say(
            f"{load.succeeded} of {plan.limits.requests} images in {load.total_seconds:.1f} s, at most {pods.peak} pods"
        )
        pods_at_end = _wait_for_zero(pods, plan.zero_within, say)
    checks = judge(load, pods.peak, pods_at_end, plan.limits)
    return Report(image, load, pods.timeline, checks)


def _wait_for_zero(pods: PodWatch, seconds: float, say: Callable[[str], None]) -> int:
    try:
        say(f"no pods {pods.wait_until(0, seconds):.1f} s after the last image")
    except PodsError as error:
        say(str(error))
    return pods.count
