"""Signed calls of Alibaba Cloud's OpenAPI, in both of its styles.

Source: Alibaba Cloud OpenAPI, "V3 request structure and signature" (ACS3-HMAC-SHA256).
Questions alone: what passes (too many calls, trouble on the other side) is asked again.
"""

import hashlib
import hmac
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Self
from urllib.parse import quote

import httpx
from tenacity import Retrying, retry_if_exception, stop_after_attempt, wait_random_exponential

_ALGORITHM = "ACS3-HMAC-SHA256"
_TIMEOUT_SECONDS = 30
_KEYS = ("ALIBABA_CLOUD_ACCESS_KEY_ID", "ALICLOUD_ACCESS_KEY")
_SECRETS = ("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "ALICLOUD_SECRET_KEY")
_TOKENS = ("ALIBABA_CLOUD_SECURITY_TOKEN", "ALICLOUD_SECURITY_TOKEN")


class ApiError(RuntimeError):
    """What the API refused. code: its own, such as EntityNotExist.Role; "" where nothing answered. passing: may be
    otherwise in a moment."""

    def __init__(self, code: str, message: str, passing: bool = False) -> None:
        super().__init__(f"{code}: {message}" if code else message)
        self.code = code
        self.passing = passing


_AGAIN = Retrying(
    retry=retry_if_exception(lambda error: isinstance(error, ApiError) and error.passing),
    stop=stop_after_attempt(5),
    wait=wait_random_exponential(multiplier=0.5, max=8),
    reraise=True,
)


@dataclass(frozen=True)
class Keys:
    """An access key; token: of a role, else ""."""

    access_key: str
    secret: str = field(repr=False)
    token: str = field(default="", repr=False)

    @classmethod
    def of_environment(cls) -> Self:
        """From the variables that the provider reads too. Raises ApiError."""
        access_key, secret, token = (_first(names) for names in (_KEYS, _SECRETS, _TOKENS))
        if not access_key or not secret:
            raise ApiError("", f"no credentials: set {_KEYS[0]} and {_SECRETS[0]}")
        return cls(access_key, secret, token)


@dataclass(frozen=True)
class OpenApi:
    """One account."""

    keys: Keys
    client: httpx.Client = field(default_factory=lambda: httpx.Client(timeout=_TIMEOUT_SECONDS))

    def rpc(self, host: str, version: str, action: str, **parameters: str) -> Any:
        """An action with its parameters. Raises ApiError."""
        return _AGAIN(self._call, "POST", host, "/", version, action, parameters)

    def get(self, host: str, version: str, action: str, path: str, **query: str) -> Any:
        """A path. Raises ApiError."""
        return _AGAIN(self._call, "GET", host, path, version, action, query)

    def _call(self, method: str, host: str, path: str, version: str, action: str, query: Mapping[str, str]) -> Any:
        headers = {
            "host": host,
            "x-acs-action": action,
            "x-acs-version": version,
            "x-acs-date": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "x-acs-signature-nonce": secrets.token_hex(16),
            "x-acs-content-sha256": hashlib.sha256(b"").hexdigest(),
            **({"x-acs-security-token": self.keys.token} if self.keys.token else {}),
        }
        asked = "&".join(f"{_encoded(key)}={_encoded(value)}" for key, value in sorted(query.items()))
        headers["authorization"] = self._authorization(method, path, asked, headers)
        try:
            answer = self.client.request(method, f"https://{host}{path}{'?' if asked else ''}{asked}", headers=headers)
            body = answer.json()
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise ApiError("", f"{host}: {error}") from error
        except httpx.HTTPError as error:
            raise ApiError("", f"{host}: {error}", passing=True) from error
        except ValueError as error:
            raise ApiError("", f"{host} answered {answer.status_code} without JSON", answer.is_server_error) from error
        if answer.is_error:
            raise _refusal(answer.status_code, body if isinstance(body, Mapping) else {})
        return body

    def _authorization(self, method: str, path: str, query: str, headers: Mapping[str, str]) -> str:
        names = ";".join(sorted(headers))
        signed = "".join(f"{name}:{headers[name]}\n" for name in sorted(headers))
        content = headers["x-acs-content-sha256"]
        canonical = "\n".join([method, quote(path, safe="/-_.~"), query, signed, names, content])
        text = f"{_ALGORITHM}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
        signature = hmac.new(self.keys.secret.encode(), text.encode(), hashlib.sha256).hexdigest()
        return f"{_ALGORITHM} Credential={self.keys.access_key},SignedHeaders={names},Signature={signature}"


def _refusal(status: int, said: Mapping[str, Any]) -> ApiError:
    code = said.get("Code") or said.get("code") or str(status)
    passing = status == httpx.codes.TOO_MANY_REQUESTS or status >= 500 or code.startswith("Throttling")
    return ApiError(code, said.get("Message") or said.get("message") or "", passing)


def _encoded(text: str) -> str:
    return quote(text, safe="-_.~")


def _first(names: tuple[str, ...]) -> str:
    return next((os.environ[name] for name in names if os.environ.get(name)), "")
