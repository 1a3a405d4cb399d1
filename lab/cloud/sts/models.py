"""Sessions: who has taken which role, with which key, until when."""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pydantic import BaseModel

from lab.cloud.errors import ApiError
from lab.cloud.naming import ACCOUNT_ID
from lab.cloud.ram.models import AccessManagement, Role, check_document
from lab.cloud.ram.oidc import OidcProviders
from lab.cloud.signed import Temporary
from lab.cloud.store import Collection, Store
from lab.cloud.sts.issuer import Issuer
from lab.cloud.sts.tokens import OidcToken, accepted
from lab.cloud.sts.trust import trusts

SESSIONS = "sts-session"
SHORTEST = 900
# Whoever has a lasting key of this account. Not the account itself, which may not take roles.
USER = f"acs:ram::{ACCOUNT_ID}:user/lab"
ACCOUNT = f"acs:ram::{ACCOUNT_ID}:root"


class Session(BaseModel):
    """expires: as naming.now() writes times. policy: a document that narrows what the role may do; "": nothing does."""

    access_key: str
    secret: str
    token: str
    expires: str
    role_name: str
    role_id: str
    name: str
    policy: str = ""

    @property
    def arn(self) -> str:
        return f"acs:ram::{ACCOUNT_ID}:assumed-role/{self.role_name}/{self.name}"


@dataclass(frozen=True)
class Wish:
    """role: its ARN. seconds: of the session, 3600 unless given. policy: as in Session."""

    role: str
    name: str
    seconds: int | None
    policy: str = ""


class Sessions:
    def __init__(self, store: Store, ram: AccessManagement, oidc: OidcProviders, issuer: Issuer) -> None:
        self._ram = ram
        self._oidc = oidc
        self._issuer = issuer
        self._sessions = Collection(store, SESSIONS, Session, "EntityNotExist.Session")

    def key(self, access_key: str) -> Temporary | None:
        """What a temporary key is signed with; None for one that no role has got."""
        session = self.of(access_key)
        return Temporary(session.secret, session.token, session.expires) if session else None

    def of(self, access_key: str) -> Session | None:
        return self._sessions.find(access_key)

    def assume(self, wish: Wish, caller: str) -> Session:
        """caller: access key. The role must trust the account, or the very user or role that asks."""
        session = self.of(caller)
        identity = f"acs:ram::{ACCOUNT_ID}:role/{session.role_name.lower()}" if session else USER
        role = self._role(wish.role)
        if not trusts(role.assume_role_policy_document, "RAM", [ACCOUNT, identity], {}):
            raise ApiError(
                "NoPermission",
                "You are not authorized to do this action. You should be authorized by RAM: "
                "the role does not trust this caller.",
                403,
            )
        return self._open(role, wish)

    def assume_with_oidc(self, wish: Wish, provider_arn: str, text: str) -> tuple[Session, OidcToken]:
        """For whoever holds a token of a provider that the role trusts."""
        provider = self._oidc.with_arn(provider_arn)
        if provider is None:
            raise ApiError("AuthenticationFail.NoPermission", "No such OIDC Provider registered.", 401)
        role = self._role(wish.role)
        token = accepted(text, provider, self._issuer, datetime.now(UTC))
        if not trusts(role.assume_role_policy_document, "Federated", [provider.arn], token.claims):
            raise ApiError("AuthenticationFail.NoPermission", "There is no permission", 401)
        return self._open(role, wish), token

    def _role(self, arn: str) -> Role:
        for role in self._ram.roles.all():
            if role.arn == arn.lower():
                return role
        raise ApiError("EntityNotExist.Role", "The specified Role not exists.", 404)

    def _open(self, role: Role, wish: Wish) -> Session:
        if wish.policy:
            check_document(wish.policy)
        seconds = wish.seconds or min(3600, role.max_session_duration)
        if not SHORTEST <= seconds <= role.max_session_duration:
            raise ApiError(
                "InvalidParameter.DurationSeconds",
                f"The Min/Max value of DurationSeconds is {SHORTEST}/{role.max_session_duration} seconds.",
            )
        expires = datetime.now(UTC) + timedelta(seconds=seconds)
        access_key = f"STS.{secrets.token_hex(12)}"
        session = Session(
            access_key=access_key,
            secret=secrets.token_hex(22),
            token=secrets.token_urlsafe(96),
            expires=expires.strftime("%Y-%m-%dT%H:%M:%SZ"),
            role_name=role.role_name,
            role_id=role.role_id,
            name=wish.name,
            policy=wish.policy,
        )
        return self._sessions.put(access_key, session)
