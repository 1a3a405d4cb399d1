"""Keys that a role has got: taken with their token, until they expire, in every way of signing."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from lab.cloud.errors import ApiError
from lab.cloud.signatures import Signatures, signed_claims
from lab.cloud.signed import Temporary
from lab.cloud.wire import HttpRequest

NOW = datetime(2026, 11, 24, 17, 0, tzinfo=UTC)
KEY, LASTING = "STS.1", "lasting"
HTTP_DATE = "Tue, 24 Nov 2026 17:00:00 GMT"
FORM = {"content-type": "application/x-www-form-urlencoded"}
SIGNED_HEADERS = "host;x-acs-date;x-acs-security-token"


def rpc(key: str, token: str, signature: str) -> HttpRequest:
    more = {"SecurityToken": token} if token else {}
    query = {"AccessKeyId": key, "Timestamp": "2026-11-24T17:00:00Z", "Signature": signature, **more}
    return HttpRequest("POST", "vpc.aliyuncs.com", "/", query, FORM)


def with_header(scheme: str, name: str, more: dict[str, str]) -> Callable[[str, str, str], HttpRequest]:
    def made(key: str, token: str, signature: str) -> HttpRequest:
        headers = {"authorization": scheme.format(key=key, signature=signature), "host": "x", **more}
        return HttpRequest("GET", "x.aliyuncs.com", "/", {}, {**headers, **({name: token} if token else {})})

    return made


V3 = f"ACS3-HMAC-SHA256 Credential={{key}},SignedHeaders={SIGNED_HEADERS},Signature={{signature}}"
AWS = "AWS4-HMAC-SHA256 Credential={key}/20261124/r/s3/aws4_request, SignedHeaders=host, Signature={signature}"
ROA_TOKEN = "x-acs-security-token"
OPEN_API = ("MissingSecurityToken", "InvalidSecurityToken.MismatchWithAccessKey", "InvalidSecurityToken.Expired")
LOG = ("Unauthorized", "InvalidSecurityToken", "SecurityTokenExpired")
STYLES = {
    "RPC": (rpc, OPEN_API),
    "ROA": (with_header("acs {key}:{signature}", ROA_TOKEN, {"date": HTTP_DATE}), OPEN_API),
    "V3": (with_header(V3, ROA_TOKEN, {"x-acs-date": "2026-11-24T17:00:00Z"}), OPEN_API),
    "log service": (with_header("LOG {key}:{signature}", ROA_TOKEN, {"date": HTTP_DATE}), LOG),
    "object storage": (
        with_header(AWS, "x-amz-security-token", {"x-amz-date": "20261124T170000Z"}),
        ("InvalidAccessKeyId", "InvalidSecurityToken", "SecurityTokenExpired"),
    ),
}
Style = Callable[[str, str, str], HttpRequest]
every_style = pytest.mark.parametrize(("style", "codes"), STYLES.values(), ids=STYLES)


def signed(style: Style, token: str, key: str = KEY) -> HttpRequest:
    """That the account computes what clients do is shown by the recorded requests and the vendor's clients."""
    claims = signed_claims(style(key, token, "0" * 64))
    return style(key, token, claims.sign("secret"))


def check(request: HttpRequest, expires: str = "2026-11-24T18:00:00Z") -> str:
    keys = {KEY: Temporary("secret", "token", expires)}
    return Signatures({LASTING: "secret"}, lambda: NOW).check(request, keys.get)


def refusal(request: HttpRequest, expires: str = "2026-11-24T18:00:00Z") -> str:
    with pytest.raises(ApiError) as refused:
        check(request, expires)
    return refused.value.code


@every_style
def test_a_temporary_key_is_taken_with_its_token(style: Style, codes: tuple[str, ...]) -> None:
    assert check(signed(style, "token")) == KEY


@every_style
def test_without_its_token_or_with_another_it_is_not(style: Style, codes: tuple[str, ...]) -> None:
    missing, wrong, expired = codes

    assert refusal(signed(style, "")) == missing
    assert refusal(signed(style, "other")) == wrong
    assert refusal(signed(style, "token"), expires="2026-11-24T17:00:00Z") == expired


@every_style
def test_a_lasting_key_has_no_token(style: Style, codes: tuple[str, ...]) -> None:
    assert check(signed(style, "", LASTING)) == LASTING
    assert refusal(signed(style, "token", LASTING)) == codes[1]


@every_style
def test_a_temporary_key_does_not_spare_the_signature(style: Style, codes: tuple[str, ...]) -> None:
    assert refusal(style(KEY, "token", "0" * 64)) == "SignatureDoesNotMatch"


# As Pulumi 3.259.0 sent them; what no signature covers is left out.
FROM_PULUMI = {
    "list": HttpRequest(
        "GET",
        "states.s3.oss-cn-shanghai.aliyuncs.com",
        "/",
        {"delimiter": "/", "list-type": "2", "max-keys": "1000", "prefix": ".pulumi/stacks/"},
        {
            "accept-encoding": "identity",
            "amz-sdk-invocation-id": "36befc68-bd21-4e7a-b46e-37782fd672b8",
            "amz-sdk-request": "attempt=1; max=3",
            "authorization": "AWS4-HMAC-SHA256 Credential=lab-access-key/20261124/cn-shanghai/s3/aws4_request, "
            "SignedHeaders=accept-encoding;amz-sdk-invocation-id;amz-sdk-request;host;x-amz-content-sha256;x-amz-date, "
            "Signature=161e1c14b234a662976431166bebda32f9fa2b59fe0f72eff3e6f8f3c7e4fa6e",
            "host": "states.s3.oss-cn-shanghai.aliyuncs.com",
            "x-amz-content-sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            "x-amz-date": "20261124T165554Z",
        },
    ),
    "put": HttpRequest(
        "PUT",
        "states.s3.oss-cn-shanghai.aliyuncs.com",
        "/.pulumi/meta.yaml",
        {"x-id": "PutObject"},
        {
            "accept-encoding": "identity",
            "amz-sdk-invocation-id": "5b2b6541-7329-48b5-8566-376a87b6d70c",
            "amz-sdk-request": "attempt=1; max=3",
            "authorization": "AWS4-HMAC-SHA256 Credential=lab-access-key/20261124/cn-shanghai/s3/aws4_request, "
            "SignedHeaders=accept-encoding;amz-sdk-invocation-id;amz-sdk-request;content-length;content-type;host;"
            "x-amz-content-sha256;x-amz-date, "
            "Signature=b56b90ff4e10b115bd34176acd61fca4e37e1ff51c4b52e19aa355342ef3345b",
            "content-length": "11",
            "content-type": "text/plain; charset=utf-8",
            "host": "states.s3.oss-cn-shanghai.aliyuncs.com",
            "x-amz-content-sha256": "UNSIGNED-PAYLOAD",
            "x-amz-date": "20261124T165554Z",
        },
        b"version: 1\n",
    ),
}
from_pulumi = pytest.mark.parametrize("request_", FROM_PULUMI.values(), ids=FROM_PULUMI)


def judge(request: HttpRequest, secret: str = "lab-secret-key", minute: int = 56) -> str:
    moment = datetime(2026, 11, 24, 16 + minute // 60, minute % 60, tzinfo=UTC)
    try:
        return Signatures({"lab-access-key": secret}, lambda: moment).check(request)
    except ApiError as error:
        return error.code


@from_pulumi
def test_what_pulumi_signed_for_the_object_storage_is_taken_and_nothing_else(request_: HttpRequest) -> None:
    assert judge(request_) == "lab-access-key"
    assert judge(request_, secret="another") == "SignatureDoesNotMatch"
    assert judge(replace(request_, path="/other")) == "SignatureDoesNotMatch"
    assert judge(replace(request_, query={**request_.query, "x": "1"})) == "SignatureDoesNotMatch"
    assert judge(request_, minute=75) == "RequestTimeTooSkewed"


def test_a_body_that_was_signed_may_not_be_another() -> None:
    assert judge(replace(FROM_PULUMI["list"], body=b"x")) == "XAmzContentSHA256Mismatch"
