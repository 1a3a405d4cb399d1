"""An OIDC token, as far as it can be judged without its issuer's keys: the lab does not reach the network."""

import base64
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from lab.cloud.errors import ApiError
from lab.cloud.ram.oidc import OidcProvider


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


def accepted(text: str, provider: OidcProvider, present: datetime) -> OidcToken:
    """The token, if the provider takes it. Raises ApiError: of another issuer, for another audience, too old, or none.

    The codes are recollection, not verified. The signature is not checked.
    """
    token = _read(text)
    if token.issuer != provider.issuer_url:
        raise _invalid(f"its issuer is {token.issuer!r}, the provider's {provider.issuer_url!r}")
    if set(token.audiences).isdisjoint(provider.client_ids.split(",")):
        raise _invalid(f"it is for {', '.join(token.audiences)}, the provider takes {provider.client_ids}")
    if present >= min(token.expires, token.issued + timedelta(hours=provider.issuance_limit_time)):
        raise ApiError("AuthenticationFail.OIDCToken.Expired", "This JWT Token is expired.")
    return token


def _read(text: str) -> OidcToken:
    try:
        _, payload, _ = text.split(".")
        claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        audience = claims["aud"]
        return OidcToken(
            issuer=claims["iss"],
            audiences=tuple(audience) if isinstance(audience, list) else (audience,),
            subject=claims["sub"],
            issued=datetime.fromtimestamp(claims["iat"]).astimezone(),
            expires=datetime.fromtimestamp(claims["exp"]).astimezone(),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise _invalid(f"it cannot be read: {error!r}") from error


def _invalid(why: str) -> ApiError:
    return ApiError("AuthenticationFail.OIDCToken.Invalid", f"This JWT Token is invalid: {why}.")
