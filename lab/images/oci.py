"""Images without a daemon: an OCI image layout, as one tar file, out of plain files; same files, same digests."""

import hashlib
import io
import json
import tarfile
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO, Any

EPOCH = "1970-01-01T00:00:00Z"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
CONFIG = "application/vnd.oci.image.config.v1+json"
LAYER = "application/vnd.oci.image.layer.v1.tar"

# What a program without a distribution around it expects to find: mount points, and names for the users it may run as.
DIRECTORIES = {"dev": 0o755, "etc": 0o755, "proc": 0o755, "run": 0o755, "sys": 0o755, "tmp": 0o1777, "var": 0o755}
TEXTS = {
    "etc/passwd": "root:x:0:0:root:/:/sbin/nologin\nnonroot:x:65532:65532::/:/sbin/nologin\n",
    "etc/group": "root:x:0:\nnonroot:x:65532:\n",
    "etc/nsswitch.conf": "hosts: files dns\n",
}


@dataclass(frozen=True)
class Image:
    """An image of one layer for linux/amd64.

    reference: name:tag. files: where each file is in the image, to where it is on this machine; all are executable.
    aliases: other names, as they stand in a pod: name:tag, or name@digest, whose digest no node checks.
    """

    reference: str
    files: Mapping[str, Path]
    entrypoint: tuple[str, ...]
    command: tuple[str, ...] = ()
    user: str = "65532:65532"
    env: Mapping[str, str] = field(default_factory=lambda: {"PATH": "/usr/local/bin:/usr/bin:/bin"})
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Blob:
    digest: str
    size: int

    def descriptor(self, media_type: str) -> dict[str, Any]:
        return {"mediaType": media_type, "digest": self.digest, "size": self.size}


def write_layout(images: Iterable[Image], target: Path) -> None:
    """Write a layout that `ctr images import` takes, with all `images` in it."""
    with tarfile.open(target, "w") as layout:
        manifests = [entry for image in images for entry in _add_image(layout, image)]
        index = {"schemaVersion": 2, "manifests": manifests}
        _add_bytes(layout, "oci-layout", _json({"imageLayoutVersion": "1.0.0"}))
        _add_bytes(layout, "index.json", _json(index))


def _add_image(layout: tarfile.TarFile, image: Image) -> list[dict[str, Any]]:
    """Add the blobs of an image; its entries in the index, one for each name."""
    with tempfile.TemporaryFile() as spool:
        _write_layer(image, spool)
        layer = _add_blob(layout, spool)
    config = _add_blob(layout, io.BytesIO(_json(_config(image, layer))))
    manifest = {
        "schemaVersion": 2,
        "mediaType": MANIFEST,
        "config": config.descriptor(CONFIG),
        "layers": [layer.descriptor(LAYER)],
    }
    entry = _add_blob(layout, io.BytesIO(_json(manifest))).descriptor(MANIFEST)
    # containerd takes the whole name from its own annotation; the standard one holds only the tag.
    return [
        entry
        | {
            "annotations": {
                "io.containerd.image.name": name,
                "org.opencontainers.image.ref.name": name.rpartition(":")[2],
            }
        }
        for name in (image.reference, *image.aliases)
    ]


def _config(image: Image, layer: _Blob) -> dict[str, Any]:
    return {
        "architecture": "amd64",
        "os": "linux",
        "created": EPOCH,
        "config": {
            "User": image.user,
            "Entrypoint": list(image.entrypoint),
            "Cmd": list(image.command),
            "Env": [f"{name}={value}" for name, value in image.env.items()],
            "WorkingDir": "/",
        },
        "rootfs": {"type": "layers", "diff_ids": [layer.digest]},
    }


def _write_layer(image: Image, target: IO[bytes]) -> None:
    parents = {str(p) for name in image.files for p in PurePosixPath(name.lstrip("/")).parents if str(p) != "."}
    directories = dict.fromkeys(parents, 0o755) | DIRECTORIES
    with tarfile.open(fileobj=target, mode="w") as layer:
        for name, mode in sorted(directories.items()):
            layer.addfile(_entry(name, mode, kind=tarfile.DIRTYPE))
        for name, text in sorted(TEXTS.items()):
            _add_bytes(layer, name, text.encode())
        for name, source in sorted(image.files.items()):
            with source.open("rb") as content:
                layer.addfile(_entry(name.lstrip("/"), 0o755, source.stat().st_size), content)


def _add_blob(layout: tarfile.TarFile, content: io.BufferedRandom | io.BytesIO) -> _Blob:
    content.seek(0)
    digest = hashlib.file_digest(content, "sha256").hexdigest()
    size = content.seek(0, io.SEEK_END)
    content.seek(0)
    layout.addfile(_entry(f"blobs/sha256/{digest}", 0o644, size), content)
    return _Blob(f"sha256:{digest}", size)


def _add_bytes(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    archive.addfile(_entry(name, 0o644, len(content)), io.BytesIO(content))


def _entry(name: str, mode: int, size: int = 0, kind: bytes = tarfile.REGTYPE) -> tarfile.TarInfo:
    """Owner root, time zero: nothing of this machine gets into a digest."""
    entry = tarfile.TarInfo(name)
    entry.mode, entry.size, entry.type = mode, size, kind
    return entry


def _json(document: Mapping[str, Any]) -> bytes:
    return json.dumps(document, sort_keys=True, separators=(",", ":")).encode()
