"""Buckets and objects. What is in an object lies in a file of its own, all else in the store."""

import hashlib
import re
import secrets
import shutil
from collections.abc import Sequence
from pathlib import Path

from pydantic import BaseModel

from lab.cloud.errors import ApiError
from lab.cloud.naming import now
from lab.cloud.store import Collection, Store

OBJECTS = "oss-object"
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{1,61}[a-z0-9]")


class Bucket(BaseModel):
    name: str
    region: str
    created: str


class StoredObject(BaseModel):
    """etag: MD5 of the content in upper case, as the real one has it; of parts: something else with their number.

    file: name in the storage's folder. metadata: header names without their prefix.
    """

    bucket: str
    key: str
    etag: str
    size: int
    modified: str
    content_type: str
    metadata: dict[str, str]
    file: str


class Listing(BaseModel):
    """One piece of a list, in order of the keys. marker: where the next piece begins, "" with the last."""

    objects: list[StoredObject]
    prefixes: list[str]
    marker: str = ""


class ObjectStorage:
    """folder: for the contents."""

    def __init__(self, store: Store, folder: Path) -> None:
        self._store = store
        self._folder = folder
        self.buckets = Collection(store, "oss-bucket", Bucket, "NoSuchBucket")
        self._objects = Collection(store, OBJECTS, StoredObject, "NoSuchKey")

    def create_bucket(self, name: str, region: str) -> Bucket:
        """Fine if it is there already, in the same region."""
        if not _NAME.fullmatch(name):
            raise ApiError(
                "InvalidBucketName",
                f"The specified bucket is not valid: {name!r} has to be 3 to 63 of a-z, 0-9 and -, no - first or last.",
            )
        with self._store.transaction():
            there = self.buckets.find(name)
            if there and there.region != region:
                raise ApiError("BucketAlreadyExists", "The requested bucket name is not available.", 409)
            return there or self.buckets.put(name, Bucket(name=name, region=region, created=now()))

    def bucket(self, name: str, region: str) -> Bucket:
        """Raises ApiError if there is none, or not in this region."""
        bucket = self.buckets.find(name)
        if bucket is None:
            raise ApiError("NoSuchBucket", "The specified bucket does not exist.", 404)
        if bucket.region != region:
            raise ApiError(
                "AccessDenied",
                "The bucket you are attempting to access must be addressed using the specified endpoint: "
                f"oss-{bucket.region}.aliyuncs.com.",
                403,
            )
        return bucket

    def delete_bucket(self, name: str) -> None:
        with self._store.transaction():
            if self._in(name):
                raise ApiError("BucketNotEmpty", "The bucket has objects. Please delete them first.", 409)
            self.buckets.remove(name)

    def put(
        self,
        bucket: str,
        key: str,
        content: bytes,
        content_type: str = "application/octet-stream",
        metadata: dict[str, str] | None = None,
        etag: str = "",
    ) -> StoredObject:
        file = secrets.token_hex(16)
        self._folder.mkdir(parents=True, exist_ok=True)
        # Before the store knows of it: a reader never meets an object without content.
        (self._folder / file).write_bytes(content)
        made = StoredObject(
            bucket=bucket,
            key=key,
            etag=etag or hashlib.md5(content, usedforsecurity=False).hexdigest().upper(),
            size=len(content),
            modified=now(),
            content_type=content_type,
            metadata=metadata or {},
            file=file,
        )
        with self._store.transaction():
            before = self._objects.find(f"{bucket}/{key}")
            self._objects.put(f"{bucket}/{key}", made)
        if before:
            self._forget(before)
        return made

    def get(self, bucket: str, key: str) -> StoredObject:
        found = self._objects.find(f"{bucket}/{key}")
        if found is None:
            raise ApiError("NoSuchKey", "The specified key does not exist.", 404)
        return found

    def content(self, one: StoredObject) -> bytes:
        return (self._folder / one.file).read_bytes()

    def delete(self, bucket: str, key: str) -> None:
        """Fine if it is gone already."""
        with self._store.transaction():
            gone = self._objects.find(f"{bucket}/{key}")
            self._objects.remove(f"{bucket}/{key}")
        if gone:
            self._forget(gone)

    def listing(self, bucket: str, prefix: str, delimiter: str, after: str, most: int) -> Listing:
        """after: the last key or common prefix that has been shown."""
        rows = [(_common(one.key, prefix, delimiter), one) for one in self._in(bucket) if one.key.startswith(prefix)]
        objects = {one.key: one for common, one in rows if not common}
        names = sorted({*objects, *(common for common, _ in rows if common)})
        left = [name for name in names if name > after]
        return Listing(
            objects=[objects[name] for name in left[:most] if name in objects],
            prefixes=[name for name in left[:most] if name not in objects],
            marker=left[most - 1] if len(left) > most else "",
        )

    def clear(self) -> None:
        """Contents; what the store knows of them goes with the store."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def _in(self, bucket: str) -> Sequence[StoredObject]:
        return sorted((one for one in self._objects.all() if one.bucket == bucket), key=lambda one: one.key)

    def _forget(self, one: StoredObject) -> None:
        (self._folder / one.file).unlink(missing_ok=True)


def _common(key: str, prefix: str, delimiter: str) -> str:
    """The part of a key up to the first delimiter after the prefix; "" if there is none."""
    head, found, _ = key[len(prefix) :].partition(delimiter) if delimiter else ("", "", "")
    return prefix + head + found if found else ""
