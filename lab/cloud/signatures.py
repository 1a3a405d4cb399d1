"""Whether a request was signed with a key of this account, in each of the ways that the vendor's clients sign.

Source: Alibaba Cloud OpenAPI, "Request structure and signature" of the RPC style, the ROA style and V3
(ACS3-HMAC-SHA256), and Simple Log Service, "Request signatures"; what S3's clients do is in oss/signature.py.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import quote

from lab.cloud.errors import ApiError
from lab.cloud.oss.signature import read_aws
from lab.cloud.signed import LOG, OPEN_API, Signed, Temporary, refusal
from lab.cloud.wire import HttpRequest

_V3 = re.compile(r"ACS3-HMAC-SHA256 Credential=([^,]+),\s*SignedHeaders=([^,]*),\s*Signature=([0-9a-f]+)")
# Both documented, for clocks that are ahead as for those that are behind.
OLDEST = timedelta(minutes=15)

_TWO_PARTS = re.compile(r"(acs|LOG) ([^:]+):(\S+)")


TemporaryKeys = Callable[[str], Temporary | None]


def no_temporary_keys(access_key: str) -> Temporary | None:
    return None


class Signatures:
    """keys: access key → secret. clock: the present time, with its zone."""

    def __init__(self, keys: Mapping[str, str], clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._keys = keys
        self._clock = clock

    def check(self, request: HttpRequest, temporary: TemporaryKeys = no_temporary_keys) -> str:
        """The access key. Raises ApiError in the words of the real API: none, an unknown key, a token that is missing,
        wrong or has expired, a signature that is wrong or old."""
        signed = signed_claims(request)
        if not hmac.compare_digest(signed.signature, signed.sign(self._secret(signed, temporary))):
            raise refusal(signed.words.mismatch)
        if abs(self._clock() - _moment(signed.time)) > OLDEST:
            raise refusal(signed.words.old)
        return signed.access_key

    def _secret(self, signed: Signed, temporary: TemporaryKeys) -> str:
        lasting = self._keys.get(signed.access_key)
        if lasting is not None:
            if signed.token:
                raise refusal(signed.words.token_wrong)
            return lasting
        key = temporary(signed.access_key)
        if key is None:
            raise refusal(signed.words.unknown)
        if not signed.token:
            raise refusal(signed.words.token_missing)
        if signed.token != key.token:
            raise refusal(signed.words.token_wrong)
        if self._clock() >= datetime.fromisoformat(key.expires):
            raise refusal(signed.words.token_expired)
        return key.secret


def signed_claims(request: HttpRequest) -> Signed:
    """Raises ApiError if it is signed in none of the ways."""
    authorization = request.headers.get("authorization", "")
    if from_aws := read_aws(request):
        return from_aws
    if found := _V3.fullmatch(authorization):
        return _v3(request, found[1], found[2].split(";"), found[3])
    if found := _TWO_PARTS.fullmatch(authorization):
        return (_roa if found[1] == "acs" else _log)(request, found[2], found[3])
    parameters = {**request.query, **request.form()}
    if "Signature" in parameters:
        text = _rpc_text(request.method, parameters)
        return Signed(
            parameters.get("AccessKeyId", ""),
            parameters["Signature"],
            lambda secret: _mac(f"{secret}&", text),
            parameters.get("Timestamp", ""),
            parameters.get("SecurityToken", ""),
            OPEN_API,
        )
    raise ApiError("IncompleteSignature", "The request signature does not conform to Aliyun standards: there is none.")


def _rpc_text(method: str, parameters: Mapping[str, str]) -> str:
    pairs = sorted((key, value) for key, value in parameters.items() if key != "Signature")
    canonical = "&".join(f"{_encoded(key)}={_encoded(value)}" for key, value in pairs)
    return f"{method}&{_encoded('/')}&{_encoded(canonical)}"


def _roa_text(request: HttpRequest) -> str:
    said = [request.headers.get(name, "") for name in ("accept", "content-md5", "content-type", "date")]
    return "\n".join([request.method, *said, *_own_headers(request, "x-acs-"), _resource(request)])


def _log_text(request: HttpRequest) -> str:
    said = [request.headers.get(name, "") for name in ("content-md5", "content-type", "date")]
    return "\n".join([request.method, *said, *_own_headers(request, "x-log-", "x-acs-"), _resource(request)])


def _own_headers(request: HttpRequest, *prefixes: str) -> list[str]:
    return [f"{name}:{value}" for name, value in sorted(request.headers.items()) if name.startswith(prefixes)]


def _resource(request: HttpRequest) -> str:
    """Neither path nor query are encoded here; a parameter without a value stands alone."""
    query = "&".join(f"{key}={value}" if value else key for key, value in sorted(request.query.items()))
    return f"{request.path}?{query}" if query else request.path


def _v3(request: HttpRequest, access_key: str, signed_headers: list[str], signature: str) -> Signed:
    content = hashlib.sha256(request.body).hexdigest()
    if request.headers.get("x-acs-content-sha256", content) != content:
        raise ApiError("SignatureDoesNotMatch", "x-acs-content-sha256 is not the digest of the body.")
    query = "&".join(f"{_encoded(key)}={_encoded(value)}" for key, value in sorted(request.query.items()))
    headers = "".join(f"{name}:{request.headers.get(name, '').strip()}\n" for name in signed_headers)
    canonical = "\n".join(
        [request.method, quote(request.path, safe="/-_.~"), query, headers, ";".join(signed_headers), content]
    )
    text = f"ACS3-HMAC-SHA256\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    return Signed(
        access_key,
        signature,
        lambda secret: hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest(),
        request.headers.get("x-acs-date", ""),
        _token(request),
        OPEN_API,
    )


def _roa(request: HttpRequest, access_key: str, signature: str) -> Signed:
    text = _roa_text(request)
    return Signed(access_key, signature, lambda secret: _mac(secret, text), _dated(request), _token(request), OPEN_API)


def _log(request: HttpRequest, access_key: str, signature: str) -> Signed:
    text = _log_text(request)
    digest = "sha256" if request.headers.get("x-log-signaturemethod") == "hmac-sha256" else "sha1"
    return Signed(
        access_key,
        signature,
        lambda secret: _mac(secret, text, digest),
        _dated(request),
        _token(request),
        LOG,
    )


def _token(request: HttpRequest) -> str:
    return request.headers.get("x-acs-security-token", "")


def _dated(request: HttpRequest) -> str:
    return request.headers.get("date", "")


def _moment(text: str) -> datetime:
    """A time as one of the two ways of signing spells it: ISO 8601 with Z, or RFC 1123."""
    try:
        moment = datetime.fromisoformat(text) if text[:1].isdigit() else parsedate_to_datetime(text)
    except ValueError as error:
        raise ApiError(
            "InvalidTimeStamp.Format", f"Specified time stamp or date value {text!r} is not well formatted."
        ) from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _encoded(text: str) -> str:
    return quote(text, safe="-_.~")


def _mac(key: str, text: str, digest: str = "sha1") -> str:
    return base64.b64encode(hmac.new(key.encode(), text.encode(), digest).digest()).decode()
