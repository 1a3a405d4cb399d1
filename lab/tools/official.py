"""Pulumi's own releases: taken where they are to be had, given up on within seconds where they are not."""

import functools
import io
import tarfile
from pathlib import Path

import httpx

from lab.tools import cache
from lab.tools.report import Progress, say
from lab.tools.versions import ALICLOUD, KUBERNETES_PLUGIN, PULUMI

RELEASES = "https://get.pulumi.com/releases"
CONNECT_SECONDS = 3.0
READ_SECONDS = 20.0
URLS = {
    "pulumi": f"{RELEASES}/sdk/pulumi-v{PULUMI}-linux-x64.tar.gz",
    "alicloud": f"{RELEASES}/plugins/pulumi-resource-alicloud-v{ALICLOUD}-linux-amd64.tar.gz",
    "kubernetes": f"{RELEASES}/plugins/pulumi-resource-kubernetes-v{KUBERNETES_PLUGIN}-linux-amd64.tar.gz",
}


def cached(name: str) -> Path | None:
    """The folder of a release downloaded earlier."""
    folder = cache.entry(f"official-{name}", cache.key_of([], URLS[name]))
    return folder if folder.is_dir() else None


def download(name: str) -> Path | None:
    """The folder with the unpacked release, or None where this machine cannot have it."""
    if not reachable():
        return None
    try:
        return cache.produce(f"official-{name}", cache.key_of([], URLS[name]), lambda folder: _fetch(name, folder))
    except (httpx.HTTPError, tarfile.TarError) as problem:
        say(name, f"no download: {problem or type(problem).__name__}")
        return None


@functools.cache
def reachable() -> bool:
    """Asked once per run: a machine without a way out waits CONNECT_SECONDS in all, not for each release."""
    try:
        httpx.head(RELEASES, timeout=CONNECT_SECONDS)
    except httpx.HTTPError as problem:
        say("downloads", f"not to be had here ({type(problem).__name__}): what is missing is built from source")
        return False
    return True


def _fetch(name: str, folder: Path) -> None:
    progress = Progress(name)
    data = io.BytesIO()
    timeout = httpx.Timeout(READ_SECONDS, connect=CONNECT_SECONDS)
    with httpx.stream("GET", URLS[name], timeout=timeout, follow_redirects=True) as response:
        response.raise_for_status()
        total = int(response.headers.get("content-length", 0))
        for chunk in response.iter_bytes():
            data.write(chunk)
            progress.update(f"downloading: {data.tell() >> 20} of {total >> 20} MiB")
    data.seek(0)
    with tarfile.open(fileobj=data) as archive:
        archive.extractall(folder, filter="data")
    progress.done("downloaded from Pulumi")
