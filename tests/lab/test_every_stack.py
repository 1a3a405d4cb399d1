"""Every stack file of this checkout, as it is: up, unchanged, reached, gone, without an unknown action."""

import os
import shutil
import ssl
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from lab.cluster.places import Places
from lab.layout import Layout
from lab.lifecycle import bring_down, bring_up
from lab.tools.pulumi import CHECKOUT
from ops.image import request_image
from tests.lab.beside import beside
from tests.lab.deployed import Deployed, Seen
from tests.lab.roles import Roles

pytestmark = pytest.mark.lab

# The demo has stack local.
FILES = sorted(file for file in CHECKOUT.glob("Pulumi.*.yaml") if file.name != "Pulumi.local.yaml")
# A lab with five nodes takes two to three GiB.
AT_ONCE = 4 if os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") > 15 * 2**30 else 2
IMAGE_SECONDS = 180.0


@dataclass(frozen=True)
class Life:
    """there: after `up`, by kind; left: after `destroy`."""

    there: dict[str, list[str]]
    left: dict[str, list[str]]
    seen: Seen
    seconds: float


@pytest.fixture(scope="module")
def lives(layout: Layout, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, Future[Life]]]:
    """Each on a lab of its own, several at once: most of a life is waiting. The default lab is the first one's."""
    labs = {file.name: beside(layout, str(number)) if number else layout for number, file in enumerate(FILES)}
    with ThreadPoolExecutor(AT_ONCE) as workers:
        yield {
            file.name: workers.submit(_live, labs[file.name], file, tmp_path_factory.mktemp("stack")) for file in FILES
        }
    for lab in labs.values():
        bring_down(lab)
        if lab != layout:
            shutil.rmtree(lab.var, ignore_errors=True)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name.split(".")[1])
def test_a_stack_file_goes_through_its_whole_life(lives: Mapping[str, Future[Life]], file: Path) -> None:
    life = lives[file.name].result()

    objects = sum(map(len, life.there.values()))
    print(f"{file.name}: {objects} objects, {life.seen.different} different calls, {life.seconds:.0f} s")
    assert life.left == {}
    assert life.seen.unknown == []


def test_the_example_that_lets_the_workflows_in_goes_the_same_way(layout: Layout, tmp_path: Path) -> None:
    bring_up(layout)
    try:
        stack = Roles(layout, tmp_path).stack
        there = stack.objects()
        stack.expect_no_changes()
        stack.destroy()

        assert {kind: len(there[kind]) for kind in ("oidc-provider", "ram-role")} == {"oidc-provider": 1, "ram-role": 2}
        assert stack.objects() == {}
        assert stack.seen().unknown == []
    finally:
        bring_down(layout)


def _live(lab: Layout, file: Path, folder: Path) -> Life:
    begin = time.monotonic()
    bring_up(lab)
    try:
        stack = Deployed(lab, file, folder)
        stack.up()
        there = stack.objects()
        stack.expect_no_changes()
        _reach(stack, folder)
        _destroy(stack)
        return Life(there, stack.objects(), stack.seen(), time.monotonic() - begin)
    finally:
        bring_down(lab)


def _reach(stack: Deployed, folder: Path) -> None:
    """An image for a client that may come in; a refusal for one that the access list keeps out."""
    gateway = stack.settings.get("gateway") or {}
    service = next(iter(stack.outputs().services.values()))
    if not gateway.get("allowCidrs"):
        address = f"127.0.0.1:{stack.layout.gateway_port}"
        image = request_image(address, service.host, "a dog", folder / "dog.png", IMAGE_SECONDS)
        assert (image.width, image.height) == (512, 512)
        return
    https = bool(gateway.get("https"))
    assert _status(stack.layout, service.host, https) == httpx.codes.FORBIDDEN
    if https and not gateway["https"].get("plainHttp", True):
        with pytest.raises(httpx.TransportError):
            _status(stack.layout, service.host, False)


def _status(layout: Layout, host: str, https: bool) -> int:
    """Of a request for the page of a host, sent to the gateway."""
    authority = ssl.create_default_context(cafile=str(Places(layout).gateway / "ca.crt")) if https else True
    port = layout.https_port if https else layout.gateway_port
    url = f"{'https' if https else 'http'}://127.0.0.1:{port}/"
    with httpx.Client(trust_env=False, verify=authority, timeout=30) as client:
        return client.get(url, headers={"Host": host}, extensions={"sni_hostname": host}).status_code


def _destroy(stack: Deployed) -> None:
    """As docs/runbooks/destroy.md has it: the protection goes first, with an `up` of its own."""
    if stack.settings.get("production"):
        stack.change(deletionProtection=False)
        stack.up()
    stack.destroy()
