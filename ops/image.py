"""One image from a running service, the way a client would get it."""

import base64
import binascii
import json
import struct
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from ops.origin import origin

PATH = "/sdapi/v1/txt2img"

_SIGNATURE = b"\x89PNG\r\n\x1a\n"


class ImageError(RuntimeError):
    """Why there is no image."""


@dataclass(frozen=True)
class ImageResult:
    """bytes: size of the PNG; seconds: from the request to the whole answer; width and height in pixels."""

    bytes: int
    seconds: float
    width: int
    height: int


def request_image(address: str, host: str, prompt: str, out: Path, timeout: float) -> ImageResult:
    """Ask the gateway at address (host:port, or https://host) for one image and write it to out. Raises ImageError.

    timeout: seconds; from zero pods the first image takes a node, an image pull and a model load.
    """
    url = origin(address) + PATH
    begin = time.monotonic()
    try:
        # Straight to the gateway, as hey goes: a proxy of the environment would not know the address.
        with httpx.Client(trust_env=False, timeout=timeout) as client:
            answer = client.post(url, headers={"Host": host}, json={"prompt": prompt})
    except httpx.TimeoutException as error:
        raise ImageError(f"no image from {url} (Host: {host}) within {timeout:g} s") from error
    except httpx.TransportError as error:
        raise ImageError(f"{url} (Host: {host}): {error}; is the gateway up?") from error
    seconds = time.monotonic() - begin
    png = decode_answer(answer.status_code, answer.text)
    width, height = png_size(png)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_bytes(png)
    return ImageResult(len(png), seconds, width, height)


def decode_answer(status: int, body: str) -> bytes:
    """The first image of a txt2img answer. Raises ImageError."""
    if status != httpx.codes.OK:
        raise ImageError(f"the service answered {status}, not 200: {body[:300].strip()}")
    try:
        answer: Any = json.loads(body)
        return base64.b64decode(answer["images"][0], validate=True)
    except (ValueError, KeyError, IndexError, TypeError, binascii.Error) as error:
        raise ImageError(f"the answer holds no image in base64 ({error!r}): {body[:300]}") from error


def png_size(png: bytes) -> tuple[int, int]:
    """Width and height in pixels of a PNG that is complete and undamaged. Raises ImageError."""
    if not png.startswith(_SIGNATURE):
        raise ImageError(f"not a PNG: it begins with {png[:8]!r}")
    chunks = list(_chunks(png))
    kinds = [kind for kind, _ in chunks]
    if kinds[:1] != [b"IHDR"] or b"IDAT" not in kinds or kinds[-1] != b"IEND":
        raise ImageError(f"a PNG without header, pixels or end: its chunks are {kinds}")
    width, height = struct.unpack(">II", chunks[0][1][:8])
    return width, height


def _chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Kind and data of each chunk, checksum verified (PNG specification, section 5.3)."""
    position = len(_SIGNATURE)
    while position < len(png):
        length, kind = struct.unpack(">I4s", png[position : position + 8].ljust(8, b"\0"))
        data = png[position + 8 : position + 8 + length]
        checksum = png[position + 8 + length : position + 12 + length]
        if len(data) < length or checksum != struct.pack(">I", zlib.crc32(kind + data)):
            raise ImageError(f"a damaged or incomplete PNG: chunk {kind!r} at byte {position} of {len(png)}")
        yield kind, data
        position += 12 + length
