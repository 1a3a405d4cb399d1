"""An OIDC token: what it claims, and whether a provider takes it.

Codes and messages are documented ("Error codes" of STS 2015-04-01), but for those of another issuer and of a token that
was issued too long ago, which are guesses.
"""

import base64
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from lab.cloud.errors import ApiError
from lab.cloud.ram.oidc import OidcProvider
from lab.cloud.sts.issuer import ALGORITHM, Issuer


@dataclass(frozen=True)
class OidcToken:
    issuer: str
    audiences: tuple[str, ...]
    subject: str
    issued: datetime
    expires: datetime

    @property
    def claims(self) -> dict[str, tuple[str, ...]]:
        """By the names that a role's conditions have for them."""
        return {"oidc:iss": (self.issuer,), "oidc:aud": self.audiences, "oidc:sub": (self.subject,)}


def accepted(text: str, provider: OidcProvider, issuer: Issuer, present: datetime) -> OidcToken:
    """The token, if the provider takes it. Raises ApiError: of another issuer, for another audience, not signed by the
    issuer, too old, or none."""
    parts = text.split(".")
    if len(parts) != 3:
        raise _refused("Invalid", "The number of Jwt field should be divided into 3 parts with '.' .")
    header, payload, signature = map(_decoded, parts)
    token = _read(payload)
    algorithm = _object(header).get("alg")
    if algorithm != ALGORITHM:
        raise _refused("Invalid", f"The algorithm {algorithm} that be specified in Jwt header is unknown.")
    if token.issuer != provider.issuer_url:
        raise _refused("Invalid", f"The issuer {token.issuer!r} is not the provider's, {provider.issuer_url!r}.")
    if not issuer.has_signed(text.rpartition(".")[0], signature):
        raise _refused("InvalidSignature", "OIDC token validate failed: invalid signature.")
    if set(token.audiences).isdisjoint(provider.client_ids.split(",")):
        raise _refused("AudienceNotMatch", "Invalid audience.")
    if present >= min(token.expires, token.issued + timedelta(hours=provider.issuance_limit_time)):
        raise _refused("Expired", "This JsonWebToken is expired.")
    return token


def _decoded(part: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except ValueError as error:
        raise _refused("Invalid", "Cannot decode base64 encoded response(format invalided).") from error


def _object(content: bytes) -> dict[str, Any]:
    try:
        return dict(json.loads(content))
    except (ValueError, TypeError) as error:
        raise _unreadable() from error


def _read(payload: bytes) -> OidcToken:
    claims = _object(payload)
    try:
        audience = claims["aud"]
        return OidcToken(
            issuer=claims["iss"],
            audiences=tuple(audience) if isinstance(audience, list) else (audience,),
            subject=claims["sub"],
            issued=datetime.fromtimestamp(claims["iat"]).astimezone(),
            expires=datetime.fromtimestamp(claims["exp"]).astimezone(),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise _unreadable() from error


def _unreadable() -> ApiError:
    return _refused("Invalid", "The Jwt content is invalid that cannot be recognized.")


def _refused(what: str, why: str) -> ApiError:
    return ApiError(f"AuthenticationFail.OIDCToken.{what}", why, 401)
