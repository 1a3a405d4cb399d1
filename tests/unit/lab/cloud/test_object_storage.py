"""Object storage as Pulumi's client of S3 meets it: buckets, objects, lists, parts, and what OSS does not take."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from xml.etree import ElementTree

import pytest

from lab.cloud.account import Account
from lab.cloud.oss.models import ObjectStorage
from lab.cloud.oss.uploads import Uploads
from lab.cloud.oss.wire import OssProduct
from lab.cloud.store import Store
from lab.cloud.wire import Answer, HttpRequest
from tests.unit.lab.cloud.api import Api, RefusedError
from tests.unit.lab.cloud.fakes import FakeHands

HOST = "states.s3.oss-cn-shanghai.aliyuncs.com"


class Client:
    """Unsigned calls to the product alone."""

    def __init__(self, folder: Path) -> None:
        self.store = Store(folder / "account.db")
        self.storage = ObjectStorage(self.store, folder / "oss")
        self._product = OssProduct(self.storage, Uploads(self.storage))

    def send(
        self,
        method: str,
        path: str,
        query: Mapping[str, str] | None = None,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
        host: str = HOST,
    ) -> Answer:
        return self._product.answer(HttpRequest(method, host, path, query or {}, headers or {}, body))

    def refused(self, *arguments: str, **more: object) -> tuple[int, str]:
        """Status and code."""
        answer = self.send(*arguments, **more)  # type: ignore[arg-type]
        assert answer.status >= 400
        return answer.status, texts(answer, "Code")[0] if answer.body else ""


def texts(answer: Answer, name: str) -> list[str]:
    return [one.text or "" for one in ElementTree.fromstring(answer.body).iter(name)]


@pytest.fixture
def oss(tmp_path: Path) -> Iterator[Client]:
    client = Client(tmp_path)
    client.storage.create_bucket("states", "cn-shanghai")
    yield client
    client.store.close()


def test_an_object_is_put_read_copied_and_deleted(oss: Client) -> None:
    oss.send("PUT", "/a/b c.json", body=b"{}", headers={"content-type": "application/json", "x-amz-meta-by": "me"})
    oss.send("PUT", "/a/d", headers={"x-amz-copy-source": "states/a/b%20c.json"})

    for key in ("/a/b c.json", "/a/d"):
        answer = oss.send("GET", key)
        assert (answer.status, answer.body) == (200, b"{}")
        assert answer.headers["content-type"] == "application/json"
        assert answer.headers["x-amz-meta-by"] == "me"
        assert answer.headers["etag"] == '"99914B932BD37A50B983C5E7C90AE93B"'
    assert oss.send("HEAD", "/a/d").headers["content-length"] == "2"
    assert oss.send("DELETE", "/a/d").status == 204
    assert oss.send("DELETE", "/a/d").status == 204
    assert oss.refused("GET", "/a/d") == (404, "NoSuchKey")
    assert oss.refused("HEAD", "/a/d") == (404, "")


def test_a_part_of_an_object_may_be_read(oss: Client) -> None:
    oss.send("PUT", "/a", body=b"0123456789")

    answer = oss.send("GET", "/a", headers={"range": "bytes=2-4"})

    assert (answer.status, answer.body, answer.headers["content-range"]) == (206, b"234", "bytes 2-4/10")


def test_what_is_overwritten_or_deleted_leaves_no_file(oss: Client, tmp_path: Path) -> None:
    for content in (b"1", b"2"):
        oss.send("PUT", "/a", body=content)
    assert len(list((tmp_path / "oss").iterdir())) == 1

    oss.send("DELETE", "/a")
    assert list((tmp_path / "oss").iterdir()) == []


def test_a_list_has_folders_and_comes_in_pieces(oss: Client) -> None:
    for key in ("x", "s/b.json", "s/a.json", "s/deep/1", "s/deep/2"):
        oss.send("PUT", f"/{key}", body=b"1")

    query = {"list-type": "2", "prefix": "s/", "delimiter": "/"}
    answer = oss.send("GET", "/", query)
    assert texts(answer, "Key") == ["s/a.json", "s/b.json"]
    assert texts(answer, "Prefix") == ["s/", "s/deep/"]
    assert texts(answer, "IsTruncated") == ["false"]

    seen: list[str] = []
    token = ""
    while True:
        piece = oss.send("GET", "/", {**query, "max-keys": "1", **({"continuation-token": token} if token else {})})
        seen += texts(piece, "Key") or texts(piece, "Prefix")[1:]
        if texts(piece, "IsTruncated") == ["false"]:
            break
        [token] = texts(piece, "NextContinuationToken")
    assert seen == ["s/a.json", "s/b.json", "s/deep/"]


def test_a_large_object_comes_in_parts(oss: Client) -> None:
    [upload] = texts(oss.send("POST", "/big", {"uploads": ""}), "UploadId")
    for number, content in ((2, b"world"), (1, b"hello ")):
        oss.send("PUT", "/big", {"partNumber": str(number), "uploadId": upload}, content)
    listed = b'<X xmlns="s3"><Part><PartNumber>1</PartNumber></Part><Part><PartNumber>2</PartNumber></Part></X>'
    missing = listed.replace(b">2<", b">3<")

    assert oss.refused("POST", "/big", query={"uploadId": upload}, body=missing) == (400, "InvalidPart")
    oss.send("POST", "/big", {"uploadId": upload}, listed)

    assert oss.send("GET", "/big").body == b"hello world"
    assert oss.send("GET", "/big").headers["etag"].endswith('-2"')
    assert oss.refused("DELETE", "/big", query={"uploadId": upload}) == (404, "NoSuchUpload")


def test_several_objects_are_deleted_in_one_call(oss: Client) -> None:
    oss.send("PUT", "/a", body=b"1")
    body = b"<Delete><Object><Key>a</Key></Object><Object><Key>b</Key></Object></Delete>"

    assert texts(oss.send("POST", "/", {"delete": ""}, body), "Key") == ["a", "b"]
    assert oss.refused("GET", "/a") == (404, "NoSuchKey")


def test_buckets_are_made_found_and_deleted_once_empty(oss: Client) -> None:
    other = "other.oss-cn-hangzhou.aliyuncs.com"
    oss.send("PUT", "/", host=other)

    assert texts(oss.send("GET", "/", host="oss-cn-hangzhou.aliyuncs.com"), "Name") == ["states", "other"]
    assert b">oss-cn-hangzhou<" in oss.send("GET", "/", {"location": ""}, host=other).body
    assert oss.send("HEAD", "/", host=other).status == 200
    oss.send("PUT", "/a", body=b"1", host=other)
    assert oss.refused("DELETE", "/", host=other) == (409, "BucketNotEmpty")
    oss.send("DELETE", "/a", host=other)
    assert oss.send("DELETE", "/", host=other).status == 204
    assert oss.refused("GET", "/a", host=other) == (404, "NoSuchBucket")


REFUSED = {
    "path style": ({"host": "s3.oss-cn-shanghai.aliyuncs.com"}, (403, "SecondLevelDomainForbidden")),
    "path style, old endpoint": ({"host": "oss-cn-shanghai.aliyuncs.com"}, (403, "SecondLevelDomainForbidden")),
    "another region": ({"host": "states.oss-cn-hangzhou.aliyuncs.com"}, (403, "AccessDenied")),
    "no bucket": ({"host": "none.oss-cn-hangzhou.aliyuncs.com"}, (404, "NoSuchBucket")),
    "checksum behind the body": (
        {"headers": {"content-encoding": "aws-chunked", "x-amz-content-sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER"}},
        (501, "NotImplemented"),
    ),
    "body in chunks": (
        {"headers": {"content-encoding": "aws-chunked", "x-amz-content-sha256": "UNSIGNED-PAYLOAD"}},
        (400, "InvalidArgument"),
    ),
    "an action that is not emulated": ({"query": {"acl": ""}}, (400, "Lab.UnknownAction")),
}


@pytest.mark.parametrize(("call", "expected"), REFUSED.values(), ids=REFUSED)
def test_what_the_real_one_refuses_is_refused(
    oss: Client, call: Mapping[str, object], expected: tuple[int, str]
) -> None:
    assert oss.refused("PUT", "/states/a", **{"query": {}, "body": b"1", **call}) == expected


@pytest.mark.parametrize("body", [b"<Delete", b'<!DOCTYPE x [<!ENTITY a "b">]><Delete/>'])
def test_xml_that_is_none_is_named_so(oss: Client, body: bytes) -> None:
    assert oss.refused("POST", "/", query={"delete": ""}, body=body) == (400, "MalformedXML")


def test_objects_outlive_a_restart_and_a_bucket_alone_is_left_over(tmp_path: Path) -> None:
    for expected in (None, 1):
        account = Account(tmp_path, FakeHands())
        api = Api(account.app)
        api.lab("POST", "/lab/buckets", {"name": "states", "region": "cn-shanghai"})
        if expected:
            assert api.send("GET", HOST, "/a", {}) == expected
        api.send("PUT", HOST, "/a", {}, raw=b"1")
        assert account.left() == {"oss-bucket": ["states"]}
        api.close()
        account.stop()


def test_a_reset_takes_what_was_in_objects_too(api: Api, account: Account, tmp_path: Path) -> None:
    api.lab("POST", "/lab/buckets", {"name": "states", "region": "cn-shanghai"})
    api.send("PUT", HOST, "/a", {}, raw=b"1")

    api.lab("POST", "/lab/reset")

    assert account.left() == {}
    assert not (tmp_path / "oss").exists()


def test_a_bucket_of_that_name_elsewhere_is_said(api: Api) -> None:
    api.lab("POST", "/lab/buckets", {"name": "states", "region": "cn-shanghai"})

    with pytest.raises(RefusedError) as refused:
        api.lab("POST", "/lab/buckets", {"name": "states", "region": "cn-beijing"})
    assert "BucketAlreadyExists" in str(refused.value)
