import base64
import json
import struct
import threading
import zlib
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from ops.image import ImageError, decode_answer, png_size, request_image

SIGNATURE = b"\x89PNG\r\n\x1a\n"


def chunk(kind: bytes, data: bytes = b"") -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


HEADER = chunk(b"IHDR", struct.pack(">IIBBBBB", 3, 2, 8, 2, 0, 0, 0))
PIXELS = chunk(b"IDAT", zlib.compress(b"\0" * (3 * 3 + 1) * 2))
PNG = SIGNATURE + HEADER + PIXELS + chunk(b"IEND")


def answer(png: bytes = PNG) -> str:
    return json.dumps({"images": [base64.b64encode(png).decode()]})


class Gateway:
    """Answers every POST with what it is told to, and keeps what it was asked."""

    def __init__(self) -> None:
        self.status, self.body = 200, answer()
        self.asked: dict[str, Any] = {}
        self.free = threading.Event()
        self.free.set()
        gateway = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                gateway.asked = {"host": self.headers["Host"], "path": self.path, "body": json.loads(body)}
                gateway.free.wait(10)
                self.send_response(gateway.status)
                self.end_headers()
                self.wfile.write(gateway.body.encode())

            def log_message(self, format: str, *args: Any) -> None: ...

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    gateway = Gateway()
    yield gateway
    gateway.free.set()
    gateway.server.shutdown()
    gateway.server.server_close()


def test_an_image_is_asked_for_by_host_and_written(gateway: Gateway, tmp_path: Path) -> None:
    file = tmp_path / "new" / "image.png"

    result = request_image(gateway.address, "sd.default.example.com", "pretty dog", file, timeout=10)

    assert gateway.asked == {
        "host": "sd.default.example.com",
        "path": "/sdapi/v1/txt2img",
        "body": {"prompt": "pretty dog"},
    }
    assert (result.width, result.height, result.bytes) == (3, 2, len(PNG))
    assert file.read_bytes() == PNG


def test_a_proxy_of_the_environment_is_passed_by(
    gateway: Gateway, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")

    assert request_image(gateway.address, "sd", "dog", tmp_path / "image.png", timeout=10).width == 3


def test_a_gateway_that_is_away_is_named(tmp_path: Path) -> None:
    with pytest.raises(ImageError, match=r"127\.0\.0\.1:1/sdapi/v1/txt2img \(Host: sd\).*is the gateway up"):
        request_image("127.0.0.1:1", "sd", "dog", tmp_path / "image.png", timeout=10)


def test_an_image_that_takes_too_long_is_given_up(gateway: Gateway, tmp_path: Path) -> None:
    gateway.free.clear()

    with pytest.raises(ImageError, match=r"within 0\.1 s"):
        request_image(gateway.address, "sd", "dog", tmp_path / "image.png", timeout=0.1)


def test_nothing_is_written_where_there_is_no_image(gateway: Gateway, tmp_path: Path) -> None:
    gateway.body = answer(b"GIF89a")
    file = tmp_path / "image.png"

    with pytest.raises(ImageError, match="not a PNG"):
        request_image(gateway.address, "sd", "dog", file, timeout=10)

    assert not file.exists()


@pytest.mark.parametrize(
    ("status", "body", "message"),
    [
        (503, "no service has this host", "answered 503, not 200: no service has this host"),
        (200, "<html>", "no image in base64"),
        (200, '{"images": []}', "no image in base64"),
        (200, '{"detail": "x"}', "no image in base64"),
        (200, '{"images": ["%%%"]}', "no image in base64"),
        (200, "[]", "no image in base64"),
    ],
)
def test_an_answer_without_an_image_is_quoted(status: int, body: str, message: str) -> None:
    with pytest.raises(ImageError, match=message):
        decode_answer(status, body)


@pytest.mark.parametrize(
    ("png", "message"),
    [
        pytest.param(b"", "not a PNG", id="nothing"),
        pytest.param(PNG[:-6], "damaged or incomplete", id="cut in its last chunk"),
        pytest.param(SIGNATURE + HEADER + PIXELS, "without header, pixels or end", id="cut between chunks"),
        pytest.param(SIGNATURE + HEADER + chunk(b"IEND"), "without header, pixels or end", id="without pixels"),
        pytest.param(PNG.replace(PIXELS[8:12], b"\0\0\0\0"), "damaged or incomplete", id="a byte is wrong"),
        pytest.param(SIGNATURE, "without header, pixels or end", id="signature only"),
        pytest.param(SIGNATURE + b"\0\0", "damaged or incomplete", id="signature and rubbish"),
    ],
)
def test_a_png_that_is_not_whole_is_refused(png: bytes, message: str) -> None:
    with pytest.raises(ImageError, match=message):
        png_size(png)
