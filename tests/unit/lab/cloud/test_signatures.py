"""Signatures: what the real provider signed is accepted, and nothing else."""

import base64
import hmac
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
import yaml

from lab.cloud.account import Account
from lab.cloud.errors import ApiError
from lab.cloud.signatures import Signatures
from lab.cloud.wire import HttpRequest
from lab.workspace import KEYS
from tests.unit.lab.cloud.api import Api, RefusedError
from tests.unit.lab.cloud.fakes import FakeHands

KEY, SECRET = KEYS["ALICLOUD_ACCESS_KEY"], KEYS["ALICLOUD_SECRET_KEY"]
EXPIRED = "InvalidTimeStamp.Expired"
RECORDED = datetime(2026, 11, 24, 13, 45, tzinfo=UTC)
OURS = Signatures({KEY: SECRET}, lambda: RECORDED)


def incoming(recorded: Mapping[str, Any]) -> HttpRequest:
    return HttpRequest(
        recorded["method"],
        recorded["headers"]["host"],
        recorded["path"],
        dict(parse_qsl(recorded["query"], keep_blank_values=True)),
        recorded["headers"],
        recorded["body"].encode(),
    )


REQUESTS = [
    pytest.param(incoming(one), id=f"{one['client']} {one['method']} {one['path'][:12]}")
    for one in yaml.safe_load((Path(__file__).parent / "signed_requests.yaml").read_text(encoding="utf-8"))
]


def refusal(request: HttpRequest, signatures: Signatures = OURS) -> str:
    with pytest.raises(ApiError) as refused:
        signatures.check(request)
    return refused.value.code


@pytest.mark.parametrize("request_", REQUESTS)
def test_what_the_provider_signed_is_accepted(request_: HttpRequest) -> None:
    OURS.check(request_)


@pytest.mark.parametrize("request_", REQUESTS)
def test_another_secret_does_not_match(request_: HttpRequest) -> None:
    assert refusal(request_, Signatures({KEY: "another"}, lambda: RECORDED)) == "SignatureDoesNotMatch"


@pytest.mark.parametrize("request_", REQUESTS)
def test_a_key_that_the_account_does_not_have_is_named_so(request_: HttpRequest) -> None:
    assert refusal(request_, Signatures({})) == "InvalidAccessKeyId.NotFound"


@pytest.mark.parametrize("request_", REQUESTS)
def test_nobody_can_change_a_signed_request(request_: HttpRequest) -> None:
    changed = replace(request_, query={**request_.query, "Force": "true"})

    assert refusal(changed) == "SignatureDoesNotMatch"


@pytest.mark.parametrize("request_", [one for one in REQUESTS if "V3" in str(one.id)])
def test_the_third_version_covers_the_body(request_: HttpRequest) -> None:
    assert refusal(replace(request_, body=b"other")) == "SignatureDoesNotMatch"


@pytest.mark.parametrize(
    ("more", "signature"),
    [
        ({}, "IInFdyh5nAYRyCCIROqxYS4mMmA="),
        ({"x-log-signaturemethod": "hmac-sha256"}, "7QzL4q8aKXkHtc280832FSlEXg8+gM2YhjAPi1odJIE="),
    ],
)
def test_log_service_has_a_way_of_its_own(more: Mapping[str, str], signature: str) -> None:
    """The signatures were made with openssl from the text that the documentation describes."""
    headers = {"x-log-apiversion": "0.6.0", "date": "Tue, 24 Nov 2026 13:44:40 GMT", "content-type": "application/json"}
    headers |= {**more, "authorization": f"LOG {KEY}:{signature}"}
    request = HttpRequest("GET", "p.cn-shanghai.log.aliyuncs.com", "/logstores", {"size": "10"}, headers)

    OURS.check(request)
    assert refusal(replace(request, query={"size": "11"})) == "SignatureDoesNotMatch"


@pytest.mark.parametrize("minutes", [-16, 16])
@pytest.mark.parametrize("request_", REQUESTS)
def test_a_request_that_is_not_of_this_quarter_of_an_hour_is_refused(request_: HttpRequest, minutes: int) -> None:
    later = Signatures({KEY: SECRET}, lambda: RECORDED + timedelta(minutes=minutes))
    expected = "RequestTimeExpired" if request_.headers.get("authorization", "").startswith("LOG") else EXPIRED

    assert refusal(request_, later) == expected


def test_a_time_that_is_none_is_named_so() -> None:
    text = "GET&%2F&AccessKeyId%3Dlab-access-key%26Timestamp%3Dsoon"
    signature = base64.b64encode(hmac.new(f"{SECRET}&".encode(), text.encode(), "sha1").digest()).decode()
    query = {"AccessKeyId": KEY, "Timestamp": "soon", "Signature": signature}

    assert refusal(HttpRequest("GET", "vpc.aliyuncs.com", "/", query)) == "InvalidTimeStamp.Format"


def test_a_request_without_a_signature_is_refused_in_the_words_of_its_product(tmp_path: Path) -> None:
    account = Account(tmp_path, FakeHands(), signatures=OURS)
    api = Api(account.app)

    with pytest.raises(RefusedError) as refused:
        api.vpc()

    assert refused.value.code == "IncompleteSignature"
    assert account.left() == {}
    api.close()
    account.stop()
