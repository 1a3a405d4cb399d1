"""Pulumi's releases: taken where they answer, given up on where they do not."""

import io
import tarfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from lab.tools import official


@pytest.fixture(autouse=True)
def _fresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    official.reachable.cache_clear()
    yield
    official.reachable.cache_clear()


def _serve(monkeypatch: pytest.MonkeyPatch, handler: httpx.MockTransport) -> None:
    client = httpx.Client(transport=handler)
    monkeypatch.setattr(httpx, "head", lambda url, timeout: client.head(url))
    monkeypatch.setattr(httpx, "stream", lambda method, url, **_: client.stream(method, url))


def _release() -> bytes:
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w:gz") as archive:
        member = tarfile.TarInfo("pulumi/pulumi")
        member.size, member.mode = 2, 0o755
        archive.addfile(member, io.BytesIO(b"#!"))
    return data.getvalue()


def test_a_release_that_answers_is_unpacked_into_the_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    _serve(monkeypatch, httpx.MockTransport(lambda request: httpx.Response(200, content=_release())))

    folder = official.download("pulumi")

    assert folder is not None
    assert (folder / "pulumi" / "pulumi").read_bytes() == b"#!"
    assert official.cached("pulumi") == folder


def test_without_a_way_out_nobody_asks_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def refuse(url: str, timeout: float) -> httpx.Response:
        asked.append(timeout)
        raise httpx.ConnectError("no route")

    monkeypatch.setattr(httpx, "head", refuse)

    assert [official.download(name) for name in official.URLS] == [None, None, None]
    assert asked == [official.CONNECT_SECONDS]


def test_a_release_that_is_gone_is_no_failure_and_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200 if request.method == "HEAD" else 404)

    _serve(monkeypatch, httpx.MockTransport(answer))

    assert official.download("alicloud") is None
    assert official.cached("alicloud") is None
