"""AWS Signature Version 4 in the Authorization header, as the object storage takes it from clients of S3.

Source: AWS, "Authenticating Requests: Using the Authorization Header". The region in it is whatever the client says:
the vendor's own examples sign for cn-hangzhou and for aws-global.
"""

import hashlib
import hmac
import re
from urllib.parse import quote

from lab.cloud.errors import ApiError
from lab.cloud.signed import OSS, Signed
from lab.cloud.wire import HttpRequest

_AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 Credential=([^/]+)/([^,]+),\s*SignedHeaders=([^,]+),\s*Signature=([0-9a-f]{64})"
)
_DIGEST = re.compile(r"[0-9a-f]{64}")


def read_aws(request: HttpRequest) -> Signed | None:
    """None if it is not signed in this way. Raises ApiError if the body is another than the one that was signed."""
    found = _AUTHORIZATION.fullmatch(request.headers.get("authorization", ""))
    if not found:
        return None
    access_key, scope, signed_headers, signature = found.groups()
    content = request.headers.get("x-amz-content-sha256", "")
    if _DIGEST.fullmatch(content) and content != hashlib.sha256(request.body).hexdigest():
        raise ApiError("XAmzContentSHA256Mismatch", "x-amz-content-sha256 is not the digest of the body.")
    time = request.headers.get("x-amz-date", "")
    canonical = hashlib.sha256(_canonical(request, signed_headers.split(";"), content).encode()).hexdigest()
    text = f"AWS4-HMAC-SHA256\n{time}\n{scope}\n{canonical}"
    token = request.headers.get("x-amz-security-token", "")
    return Signed(access_key, signature, lambda secret: _signature(secret, scope, text), time, token, OSS)


def _canonical(request: HttpRequest, signed_headers: list[str], content: str) -> str:
    query = "&".join(
        f"{quote(key, safe='-_.~')}={quote(value, safe='-_.~')}" for key, value in sorted(request.query.items())
    )
    headers = "".join(f"{name}:{' '.join(request.headers.get(name, '').split())}\n" for name in signed_headers)
    path = quote(request.path, safe="/-_.~")
    return "\n".join([request.method, path, query, headers, ";".join(signed_headers), content])


def _signature(secret: str, scope: str, text: str) -> str:
    key = f"AWS4{secret}".encode()
    for part in scope.split("/"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
