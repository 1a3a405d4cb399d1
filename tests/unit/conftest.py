"""Fixtures of tests that need an engine but no cloud."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Protocol

import pulumi
import pytest

from tests.unit.cloud_answers import COMPUTED, INVOKES
from tests.unit.recorder import Cloud, Monitor, Recorded


class Engine(Protocol):
    """Runs what builds resources and returns once every registration has landed, so that absence can be asserted too.

    preview: as the first preview of an empty stack, where nothing that the cloud decides is known.
    """

    def __call__(
        self,
        build: Callable[[], object],
        *,
        preview: bool = False,
        config: Mapping[str, str] | None = None,
        secret_keys: list[str] | None = None,
    ) -> Recorded: ...


@pytest.fixture
def loop() -> Iterator[None]:
    """The SDK takes the thread's event loop, and whoever used asyncio.run before has left none."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    yield
    asyncio.set_event_loop(None)
    loop.close()


@pytest.fixture
def engine(loop: None) -> Engine:
    """A fresh engine per run."""

    def run(
        build: Callable[[], object],
        *,
        preview: bool = False,
        config: Mapping[str, str] | None = None,
        secret_keys: list[str] | None = None,
    ) -> Recorded:
        cloud = Cloud(preview, COMPUTED, INVOKES)
        pulumi.runtime.set_mocks(cloud, "ack-stable-diffusion", "test", preview, monitor=Monitor(cloud))
        pulumi.runtime.set_all_config(dict(config or {}), secret_keys or [])
        pulumi.runtime.test(build)()  # type: ignore[no-untyped-call]  # the SDK's mocks are untyped
        return cloud.recorded

    return run


@pytest.fixture
def known() -> Callable[[pulumi.Output[Any]], list[Any]]:
    """Collects the value of an output; the list stays empty while the output is unknown."""

    def collect(output: pulumi.Output[Any]) -> list[Any]:
        values: list[Any] = []
        output.apply(values.append)
        return values

    return collect
