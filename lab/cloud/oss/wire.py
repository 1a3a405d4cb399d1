"""OSS by the S3 protocol: the bucket is the first label of the host, answers are XML."""

import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import unquote

from lab.cloud.errors import ApiError, UnknownActionError
from lab.cloud.naming import ACCOUNT_ID
from lab.cloud.oss.models import ObjectStorage, StoredObject
from lab.cloud.oss.uploads import Uploads
from lab.cloud.oss.xml import document, texts
from lab.cloud.wire import Answer, HttpRequest, attempt

# Both forms of the endpoint, with and without the name of a bucket.
FORM = r"(?:(?P<bucket>[a-z0-9-]+)\.)?(?:s3\.)?oss-(?P<region>[a-z0-9-]+)\.aliyuncs\.com"
METADATA = "x-amz-meta-"
MOST = 1000


@dataclass(frozen=True)
class Call:
    """bucket, key: "" where there is none. http: all else."""

    bucket: str
    key: str
    region: str
    http: HttpRequest


@dataclass(frozen=True)
class Reply:
    body: bytes = b""
    headers: Mapping[str, str] | None = None
    status: int = 200


Handler = Callable[[Call], Reply]


class OssProduct:
    """Its actions have the names of OSS's own API."""

    name = "oss"

    def __init__(self, storage: ObjectStorage, uploads: Uploads) -> None:
        self._storage = storage
        self._actions: Mapping[str, Handler] = {
            **_buckets(storage),
            **_objects(storage),
            **_multipart(storage, uploads),
        }

    def answer(self, request: HttpRequest) -> Answer:
        action = self.action(request)
        try:
            reply = attempt(lambda: self._handle(action, request))
        except ApiError as error:
            return self.refusal(request, error)
        return Answer(action, reply.status, reply.body, headers={**_request_id(), **(reply.headers or {})})

    def action(self, request: HttpRequest) -> str:
        call = call_of(request)
        level = "service" if not call.bucket else "object" if call.key else "bucket"
        copied = [COPIED] if COPIED in request.headers else []
        asked = (request.method, level, *sorted([*copied, *(name for name in request.query if name not in OPTIONS)]))
        return ACTIONS.get(asked) or " ".join(asked)

    def refusal(self, request: HttpRequest, error: ApiError) -> Answer:
        identity = _request_id()
        said = {
            "Code": error.code,
            "Message": error.message,
            "RequestId": identity["x-amz-request-id"],
            "HostId": request.host,
        }
        body = b"" if request.method == "HEAD" else document("Error", said)
        unknown = isinstance(error, UnknownActionError)
        headers = {**identity, "content-type": "application/xml"}
        return Answer(self.action(request), error.status, body, unknown, headers=headers)

    def _handle(self, action: str, request: HttpRequest) -> Reply:
        call = call_of(request)
        if not call.bucket and call.http.path != "/":
            raise ApiError("SecondLevelDomainForbidden", "Please use virtual hosted style to access.", 403)
        _refuse_chunks(request)
        handler = self._actions.get(action)
        if handler is None:
            raise UnknownActionError(self.name, action)
        if call.bucket and action != "PutBucket":
            self._storage.bucket(call.bucket, call.region)
        return handler(call)


COPIED = "x-amz-copy-source"
# Parameters that do not tell one action from another, as all others do.
OPTIONS = {"continuation-token", "delimiter", "max-keys", "prefix", "start-after", "x-id"}
# Method, level and what tells them apart, in order of the alphabet.
ACTIONS: Mapping[tuple[str, ...], str] = {
    ("GET", "service"): "ListBuckets",
    ("PUT", "bucket"): "PutBucket",
    ("HEAD", "bucket"): "HeadBucket",
    ("DELETE", "bucket"): "DeleteBucket",
    ("GET", "bucket", "location"): "GetBucketLocation",
    ("GET", "bucket", "list-type"): "ListObjectsV2",
    ("POST", "bucket", "delete"): "DeleteMultipleObjects",
    ("PUT", "object"): "PutObject",
    ("GET", "object"): "GetObject",
    ("HEAD", "object"): "HeadObject",
    ("DELETE", "object"): "DeleteObject",
    ("PUT", "object", COPIED): "CopyObject",
    ("POST", "object", "uploads"): "InitiateMultipartUpload",
    ("PUT", "object", "partNumber", "uploadId"): "UploadPart",
    ("POST", "object", "uploadId"): "CompleteMultipartUpload",
    ("DELETE", "object", "uploadId"): "AbortMultipartUpload",
}


def _refuse_chunks(request: HttpRequest) -> None:
    """Both words are reported of the real one: what newer AWS clients send unless they are told otherwise."""
    content = request.headers.get("x-amz-content-sha256", "")
    if content.startswith("STREAMING-") and content.endswith("-TRAILER"):
        raise ApiError("NotImplemented", f"Aws MultiChunkedEncoding {content} is not supported.", 501)
    if "aws-chunked" in request.headers.get("content-encoding", ""):
        raise ApiError(
            "InvalidArgument",
            "aws-chunked encoding is not supported with the specified x-amz-content-sha256 value.",
        )


def _buckets(storage: ObjectStorage) -> dict[str, Handler]:
    def create(call: Call) -> Reply:
        storage.create_bucket(call.bucket, call.region)
        return Reply(headers={"location": f"/{call.bucket}"})

    def delete(call: Call) -> Reply:
        storage.delete_bucket(call.bucket)
        return Reply(status=204)

    def show_all(call: Call) -> Reply:
        rows = [
            {"Name": one.name, "CreationDate": _milliseconds(one.created), "Location": f"oss-{one.region}"}
            for one in storage.buckets.all()
        ]
        owner = {"ID": ACCOUNT_ID, "DisplayName": ACCOUNT_ID}
        return _xml("ListAllMyBucketsResult", {"Owner": owner, "Buckets": {"Bucket": rows}})

    def list_objects(call: Call) -> Reply:
        query = call.http.query
        prefix, delimiter = query.get("prefix", ""), query.get("delimiter", "")
        most = min(int(query.get("max-keys") or MOST), MOST)
        after = query.get("continuation-token") or query.get("start-after", "")
        found = storage.listing(call.bucket, prefix, delimiter, after, most)
        return _xml(
            "ListBucketResult",
            {
                "Name": call.bucket,
                "Prefix": prefix,
                "MaxKeys": most,
                "Delimiter": delimiter,
                "IsTruncated": "true" if found.marker else "false",
                "KeyCount": len(found.objects) + len(found.prefixes),
                **({"NextContinuationToken": found.marker} if found.marker else {}),
                "Contents": [_row(one) for one in found.objects],
                "CommonPrefixes": [{"Prefix": one} for one in found.prefixes],
            },
        )

    def delete_several(call: Call) -> Reply:
        keys = texts(call.http.body, "Key")
        for key in keys:
            storage.delete(call.bucket, key)
        return _xml("DeleteResult", {"Deleted": [{"Key": key} for key in keys]})

    return {
        "ListBuckets": show_all,
        "PutBucket": create,
        "HeadBucket": lambda call: Reply(headers={"x-amz-bucket-region": call.region}),
        "DeleteBucket": delete,
        "GetBucketLocation": lambda call: _xml("LocationConstraint", f"oss-{call.region}"),
        "ListObjectsV2": list_objects,
        "DeleteMultipleObjects": delete_several,
    }


def _objects(storage: ObjectStorage) -> dict[str, Handler]:
    def put(call: Call) -> Reply:
        made = storage.put(call.bucket, call.key, call.http.body, *_kind(call.http))
        return Reply(headers={"etag": f'"{made.etag}"'})

    def get(call: Call) -> Reply:
        found = storage.get(call.bucket, call.key)
        return _part(storage.content(found), call.http.headers.get("range", ""), _headers(found))

    def head(call: Call) -> Reply:
        found = storage.get(call.bucket, call.key)
        return Reply(headers={**_headers(found), "content-length": str(found.size)})

    def delete(call: Call) -> Reply:
        storage.delete(call.bucket, call.key)
        return Reply(status=204)

    def copy(call: Call) -> Reply:
        bucket, _, key = unquote(call.http.headers[COPIED]).removeprefix("/").partition("/")
        storage.bucket(bucket, call.region)
        source = storage.get(bucket, key)
        made = storage.put(call.bucket, call.key, storage.content(source), source.content_type, source.metadata)
        return _xml("CopyObjectResult", {"LastModified": _milliseconds(made.modified), "ETag": f'"{made.etag}"'})

    return {"PutObject": put, "GetObject": get, "HeadObject": head, "DeleteObject": delete, "CopyObject": copy}


def _multipart(storage: ObjectStorage, uploads: Uploads) -> dict[str, Handler]:
    def begin(call: Call) -> Reply:
        upload = uploads.begin(call.bucket, call.key, *_kind(call.http))
        return _xml("InitiateMultipartUploadResult", {"Bucket": call.bucket, "Key": call.key, "UploadId": upload})

    def part(call: Call) -> Reply:
        etag = uploads.add(call.http.query["uploadId"], int(call.http.query["partNumber"]), call.http.body)
        return Reply(headers={"etag": f'"{etag}"'})

    def complete(call: Call) -> Reply:
        made = uploads.complete(call.http.query["uploadId"], [int(one) for one in texts(call.http.body, "PartNumber")])
        return _xml("CompleteMultipartUploadResult", {"Bucket": call.bucket, "Key": call.key, "ETag": f'"{made.etag}"'})

    def abort(call: Call) -> Reply:
        uploads.abort(call.http.query["uploadId"])
        return Reply(status=204)

    return {
        "InitiateMultipartUpload": begin,
        "UploadPart": part,
        "CompleteMultipartUpload": complete,
        "AbortMultipartUpload": abort,
    }


def call_of(request: HttpRequest) -> Call:
    """What a request names."""
    found = re.fullmatch(FORM, request.host)
    bucket, region = (found["bucket"] or "", found["region"]) if found else ("", "")
    return Call("" if bucket == "s3" else bucket, request.path.removeprefix("/"), region, request)


def _kind(request: HttpRequest) -> tuple[str, dict[str, str]]:
    """Content type and the user's metadata."""
    own = {name: value for name, value in request.headers.items() if name.startswith(METADATA)}
    metadata = {name.removeprefix(METADATA): value for name, value in own.items()}
    return request.headers.get("content-type", "application/octet-stream"), metadata


def _headers(one: StoredObject) -> dict[str, str]:
    return {
        "content-type": one.content_type,
        "etag": f'"{one.etag}"',
        "last-modified": format_datetime(datetime.fromisoformat(one.modified), usegmt=True),
        "accept-ranges": "bytes",
        **{METADATA + name: value for name, value in one.metadata.items()},
    }


def _part(content: bytes, wanted: str, headers: Mapping[str, str]) -> Reply:
    found = re.fullmatch(r"bytes=(\d+)-(\d*)", wanted)
    if not found or int(found[1]) >= len(content):
        return Reply(content, headers)
    start, end = int(found[1]), min(int(found[2] or len(content) - 1), len(content) - 1)
    shown = {**headers, "content-range": f"bytes {start}-{end}/{len(content)}"}
    return Reply(content[start : end + 1], shown, 206)


def _row(one: StoredObject) -> dict[str, Any]:
    return {
        "Key": one.key,
        "LastModified": _milliseconds(one.modified),
        "ETag": f'"{one.etag}"',
        "Size": one.size,
        "StorageClass": "STANDARD",
    }


def _xml(name: str, content: Any) -> Reply:
    return Reply(document(name, content), {"content-type": "application/xml"})


def _milliseconds(moment: str) -> str:
    return moment.replace("Z", ".000Z")


def _request_id() -> dict[str, str]:
    return {"x-amz-request-id": secrets.token_hex(12).upper()}
