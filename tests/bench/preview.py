"""One preview of a stack with many services, for `tests.bench`: prints what it cost as JSON."""

import json
import resource
import sys
import time
from typing import Any

import pulumi

from infra.stack import build
from tests.unit.cloud_answers import COMPUTED, INVOKES
from tests.unit.infra.samples import guide, loaded
from tests.unit.recorder import Cloud, Monitor


def main(services: int) -> None:
    before = megabytes()
    started = time.process_time()
    settings = loaded(stack_file(services))
    read = time.process_time()
    cloud = Cloud(preview=True, computed=COMPUTED, invokes=INVOKES)
    pulumi.runtime.set_mocks(cloud, "ack-stable-diffusion", "bench", preview=True, monitor=Monitor(cloud))
    pulumi.runtime.test(lambda: build(settings, "ack-stable-diffusion", "bench"))()  # type: ignore[no-untyped-call]
    built = time.process_time()
    made = [one for one in cloud.recorded.registrations if one.typ.endswith("serving.knative.dev/v1:Service")]
    assert len(made) == services
    cost = {
        "settings_seconds": read - started,
        "resources_seconds": built - read,
        "megabytes": megabytes() - before,
    }
    print(json.dumps(cost))


def stack_file(services: int) -> dict[str, Any]:
    """The guide's stack with so many services, half of them for people and half for programs."""
    image = "dev.local/stable-diffusion:1"
    roles = ("ui", "api")
    return guide(services={f"s{number}": {"image": image, "role": roles[number % 2]} for number in range(services)})


def megabytes() -> float:
    """The most that this process ever had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main(int(sys.argv[1]))
