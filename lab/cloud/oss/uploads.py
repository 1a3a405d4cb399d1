"""Objects that come in parts: what clients of S3 do above some megabytes. An upload that is not completed is lost when
the lab restarts, and its client then begins anew."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field

from lab.cloud.errors import ApiError
from lab.cloud.oss.models import ObjectStorage, StoredObject


@dataclass
class _Upload:
    bucket: str
    key: str
    content_type: str
    metadata: dict[str, str]
    parts: dict[int, bytes] = field(default_factory=dict)


class Uploads:
    def __init__(self, storage: ObjectStorage) -> None:
        self._storage = storage
        self._running: dict[str, _Upload] = {}

    def begin(self, bucket: str, key: str, content_type: str, metadata: dict[str, str]) -> str:
        """The upload's id."""
        identity = secrets.token_hex(16).upper()
        self._running[identity] = _Upload(bucket, key, content_type, metadata)
        return identity

    def add(self, identity: str, number: int, content: bytes) -> str:
        """The part's ETag."""
        self._upload(identity).parts[number] = content
        return _digest(content)

    def complete(self, identity: str, numbers: Sequence[int]) -> StoredObject:
        upload = self._upload(identity)
        if missing := [number for number in numbers if number not in upload.parts]:
            raise ApiError("InvalidPart", f"One or more of the specified parts could not be found: {missing}.")
        parts = [upload.parts[number] for number in numbers]
        etag = f"{_digest(b''.join(map(_digest_bytes, parts)))}-{len(parts)}"
        made = self._storage.put(upload.bucket, upload.key, b"".join(parts), upload.content_type, upload.metadata, etag)
        del self._running[identity]
        return made

    def abort(self, identity: str) -> None:
        self._upload(identity)
        del self._running[identity]

    def _upload(self, identity: str) -> _Upload:
        upload = self._running.get(identity)
        if upload is None:
            raise ApiError("NoSuchUpload", "The specified upload does not exist.", 404)
        return upload


def _digest(content: bytes) -> str:
    return _digest_bytes(content).hex().upper()


def _digest_bytes(content: bytes) -> bytes:
    return hashlib.md5(content, usedforsecurity=False).digest()
